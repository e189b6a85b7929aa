using MarketData.Enrichment.Scheduling;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class RetryOptionsTests
{
    [Theory]
    [InlineData(10, 3600)]
    [InlineData(2 * 86_400, 2 * 86_400)]
    [InlineData(3650 * 86_400.0, 3 * 86_400)]
    public void A_provider_is_waited_for_as_long_as_it_asks_but_not_for_ever(double asked, double waited)
    {
        var options = new RetryOptions
        {
            BaseDelay = TimeSpan.FromHours(1),
            MaxDelay = TimeSpan.FromHours(1),
            LongestWait = TimeSpan.FromDays(3),
        };

        options.DelayAfter(2, chance: 0.5, TimeSpan.FromSeconds(asked)).ShouldBe(TimeSpan.FromSeconds(waited));
    }
}
