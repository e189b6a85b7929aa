using NodaTime;

namespace MarketData.Domain.Calendars;

/// <summary>The hours of a session by the exchange's clock.</summary>
/// <param name="First">Until the break, or the close where there is none.</param>
/// <param name="Second">After the break; null where there is none.</param>
internal sealed record TradingHours((HourOfDay Start, HourOfDay End) First, (HourOfDay Start, HourOfDay End)? Second)
{
    /// <summary>Reads hours: <c>09:30-16:00</c>, with a break <c>09:00-11:30,12:30-15:00</c>.</summary>
    public static TradingHours Read(string text)
    {
        var spans = text.Split(',')
            .Select(span => span.Split('-'))
            .Select(ends => (HourOfDay.Read(ends[0]), HourOfDay.Read(ends[1])))
            .ToArray();
        return new TradingHours(spans[0], spans.Length > 1 ? spans[1] : null);
    }

    /// <summary>The session of a date with these hours.</summary>
    /// <param name="date">The date.</param>
    /// <param name="zone">The exchange's time zone.</param>
    /// <param name="regular">The hours that were to be expected, from whose openings bars count.</param>
    public Session On(DateOnly date, DateTimeZone zone, TradingHours regular)
    {
        var first = Span(First);
        var close = Second is { } after ? after.End.On(date, zone) : first.End;
        return new Session(date, first, Second is { } second ? Span(second) : new TradingSpan(close, close, close));

        TradingSpan Span((HourOfDay Start, HourOfDay End) span)
        {
            var start = span.Start.On(date, zone);
            return new TradingSpan(regular.OpeningBefore(span.Start)?.On(date, zone) ?? start, start, span.End.On(date, zone));
        }
    }

    private HourOfDay? OpeningBefore(HourOfDay start)
    {
        if (Second is { } second && second.Start.CompareTo(start) <= 0)
            return second.End.CompareTo(start) > 0 ? second.Start : null;
        return First.Start.CompareTo(start) <= 0 && First.End.CompareTo(start) > 0 ? First.Start : null;
    }
}
