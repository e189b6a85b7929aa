using MarketData.Web.Api;
using MarketData.Web.Presentation;

namespace MarketData.Web.Tests.Presentation;

public sealed class CircuitSpansTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_hour_without_changes_is_one_stretch_in_the_present_state()
    {
        CircuitSpans.Between("closed", [], Now.AddHours(-1), Now).ShouldBe([new("closed", Now.AddHours(-1), Now)]);
    }

    [Fact]
    public void Changes_cut_the_hour_and_those_before_it_count_no_more()
    {
        CircuitTransition[] changes =
        [
            Change("half_open", "closed", -10), Change("open", "half_open", -11), Change("closed", "open", -12), Change("open", "closed", -90),
        ];

        CircuitSpans.Between("closed", changes, Now.AddHours(-1), Now).ShouldBe(
        [
            new("closed", Now.AddHours(-1), Now.AddMinutes(-12)),
            new("open", Now.AddMinutes(-12), Now.AddMinutes(-11)),
            new("half_open", Now.AddMinutes(-11), Now.AddMinutes(-10)),
            new("closed", Now.AddMinutes(-10), Now),
        ]);
    }

    private static CircuitTransition Change(string from, string to, int minutes) => new("polygon", "n", from, to, null, Now.AddMinutes(minutes));
}
