using System.Collections.Concurrent;
using MarketData.Testing;
using MarketData.Web.Live;

namespace MarketData.Web.Tests.Live;

public sealed class RefreshGateTests
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task However_requests_come_one_load_runs_at_a_time_and_the_last_request_counts()
    {
        var (running, most, requested, served) = (0, 0, 0, 0);
        using var gate = new RefreshGate(LoadAsync, Unexpected, TimeProvider.System, TimeSpan.Zero);

        for (var round = 0; round < 300; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                Interlocked.Increment(ref requested);
                return gate.RequestAsync();
            })));
        }

        await Eventually.BecomesAsync(() => Volatile.Read(ref served) == 1200, WaitLimit, TestContext.Current.CancellationToken);
        most.ShouldBe(1);

        async Task LoadAsync(CancellationToken cancellation)
        {
            var seen = Volatile.Read(ref requested);
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            Volatile.Write(ref served, Math.Max(served, seen));
        }
    }

    [Fact]
    public async Task A_load_that_fails_is_told_of_and_the_next_request_loads_again()
    {
        var (loads, failures) = (0, new ConcurrentQueue<Exception>());
        using var gate = new RefreshGate(
            _ => ++loads % 2 == 1 ? throw new InvalidOperationException($"load {loads}") : Task.CompletedTask, failures.Enqueue, TimeProvider.System, TimeSpan.Zero);

        for (var i = 0; i < 4; i++)
            await gate.RequestAsync();

        loads.ShouldBe(4);
        failures.Select(failure => failure.Message).ShouldBe(["load 1", "load 3"]);
    }

    [Fact]
    public async Task Once_disposed_it_loads_no_more_and_tells_of_nothing()
    {
        var (loads, begun) = (0, new TaskCompletionSource());
        var gate = new RefreshGate(LoadAsync, Unexpected, TimeProvider.System, TimeSpan.Zero);
        var loading = gate.RequestAsync();
        await begun.Task;
        var asked = gate.RequestAsync();

        gate.Dispose();

        await Task.WhenAll(loading, asked, gate.RequestAsync());
        loads.ShouldBe(1);

        async Task LoadAsync(CancellationToken cancellation)
        {
            loads++;
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }

    private static void Unexpected(Exception exception) => throw new InvalidOperationException("Nothing was to fail.", exception);
}
