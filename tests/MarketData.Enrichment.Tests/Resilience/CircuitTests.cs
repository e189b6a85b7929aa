using MarketData.Enrichment.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Enrichment.Tests.Resilience;

public sealed class CircuitTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 1, 30, 0, TimeSpan.Zero));
    private readonly List<string> _changes = [];
    private readonly Circuit _circuit;

    public CircuitTests() =>
        _circuit = new Circuit(new CircuitBreakerOptions(), _time, (from, to, _) => _changes.Add($"{from.Name()} to {to.Name()}"));

    [Fact]
    public void It_opens_after_five_failures_in_a_row()
    {
        Call(false, false, false, false);
        _circuit.Read().State.ShouldBe(CircuitState.Closed);

        Call(false);

        _circuit.Read().State.ShouldBe(CircuitState.Open);
        _circuit.Read().OpenedAt.ShouldBe(_time.GetUtcNow());
        _circuit.Read().RetryAt.ShouldBe(_time.GetUtcNow().AddSeconds(60));
    }

    [Fact]
    public void A_success_between_them_begins_the_row_anew()
    {
        Call(true, true, true, true, true, true, true, true, false, false, false, false, true, false, false, false);

        _circuit.Read().State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void It_opens_when_half_of_ten_recent_calls_failed()
    {
        Call(true, false, true, false, true, false, true, false, true);
        _circuit.Read().State.ShouldBe(CircuitState.Closed);

        Call(false);

        _circuit.Read().State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public void Calls_older_than_the_sampling_duration_count_no_more()
    {
        Call(true, false, true, false, true, false, true, false);
        _time.Advance(TimeSpan.FromSeconds(31));

        Call(true, false);

        _circuit.Read().State.ShouldBe(CircuitState.Closed);
        _circuit.Read().FailureRatio.ShouldBe(0.5);
    }

    [Fact]
    public void Open_it_lets_nothing_through_for_a_minute_and_then_one_probe()
    {
        Call(false, false, false, false, false);

        _time.Advance(TimeSpan.FromSeconds(59.9));
        _circuit.TryEnter(out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(_time.GetUtcNow().AddSeconds(0.1));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        _circuit.TryEnter(out _).ShouldBeTrue();
        _circuit.Read().State.ShouldBe(CircuitState.HalfOpen);
        _circuit.TryEnter(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_probe_that_succeeds_closes_it()
    {
        Call(false, false, false, false, false);
        _time.Advance(TimeSpan.FromMinutes(1));

        Call(true);

        _circuit.Read().State.ShouldBe(CircuitState.Closed);
        _circuit.Read().FailureRatio.ShouldBe(0);
        _changes.ShouldBe(["closed to open", "open to half_open", "half_open to closed"]);
    }

    [Fact]
    public void A_probe_that_fails_opens_it_for_another_minute()
    {
        Call(false, false, false, false, false);
        _time.Advance(TimeSpan.FromMinutes(1));

        Call(false);

        _circuit.Read().State.ShouldBe(CircuitState.Open);
        _circuit.Read().RetryAt.ShouldBe(_time.GetUtcNow().AddMinutes(1));
    }

    [Fact]
    public void A_probe_that_was_given_up_leaves_its_place_to_the_next()
    {
        Call(false, false, false, false, false);
        _time.Advance(TimeSpan.FromMinutes(1));
        _circuit.TryEnter(out _).ShouldBeTrue();

        _circuit.Abandon();

        _circuit.TryEnter(out _).ShouldBeTrue();
    }

    [Fact]
    public void Isolated_it_stays_shut_until_it_is_restored()
    {
        _circuit.Isolate();
        _time.Advance(TimeSpan.FromHours(1));
        _circuit.TryEnter(out _).ShouldBeFalse();

        _circuit.Restore();

        _circuit.TryEnter(out _).ShouldBeTrue();
        _changes.ShouldBe(["closed to isolated", "isolated to closed"]);
    }

    private void Call(params bool[] succeeded)
    {
        foreach (var success in succeeded)
        {
            _circuit.TryEnter(out _).ShouldBeTrue();
            _circuit.Report(failed: !success);
        }
    }
}
