using System.Globalization;
using MarketData.Domain.Calendars;
using MarketData.Testing;

namespace MarketData.Domain.Tests.RealData;

/// <summary>The calendars against every session since 2000 that the exchanges held.</summary>
public sealed class ExchangeSessionsTests
{
    [Theory]
    [InlineData("XASX")]
    [InlineData("XBOM")]
    [InlineData("XETR")]
    [InlineData("XHKG")]
    [InlineData("XLON")]
    [InlineData("XSHG")]
    [InlineData("XTKS")]
    [InlineData("XTSE")]
    public void A_calendar_has_the_sessions_that_were_held_and_no_others(string mic)
    {
        Assert.SkipUnless(SharedData.Exists, SharedData.Absent);
        Exchange.TryFind(mic, out var exchange).ShouldBeTrue();
        var held = File.ReadLines(SharedData.PathOf($"calendars/{mic.ToLowerInvariant()}.csv")).Skip(1).ToList();
        var first = DateOnly.Parse(held[0].Split(',')[0], CultureInfo.InvariantCulture);
        var last = DateOnly.Parse(held[^1].Split(',')[0], CultureInfo.InvariantCulture);

        var expected = new List<string>();
        for (var date = first; date <= last; date = date.AddDays(1))
        {
            if (exchange.Calendar.TryGetSession(date, out var session))
                expected.Add(Row(session));
        }

        expected.ShouldBe(held);
        exchange.Calendar.HolidaysKnownFrom.ShouldBeLessThanOrEqualTo(first);
        exchange.Calendar.HolidaysKnownThrough.ShouldBeGreaterThanOrEqualTo(last);
    }

    private static string Row(Session session) => string.Create(
        CultureInfo.InvariantCulture,
        $"{session.Date:yyyy-MM-dd},{Text(session.Open)},{Text(session.Close)},{Text(session.BreakStart)},{Text(session.BreakEnd)}");

    private static string Text(DateTime? instant) => instant?.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture) ?? "";
}
