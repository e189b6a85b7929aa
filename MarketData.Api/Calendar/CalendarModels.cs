using MarketData.Api.Requests;

namespace MarketData.Api.Calendar;

/// <summary>Which days of which exchange to give.</summary>
public sealed record CalendarQuery(
    [property: Text(20), Description("The exchange's code, in any case: `XNYS`, `XLON`; `24-7` for crypto, `24-5` for currencies.")] string Exchange,
    [property: Description("The first day; the first of this year when left out.")] Instant? Start,
    [property: Description("The last day, which an instant lies after and a date is; the last of the first day's year when left out.")] Instant? End);

/// <summary>The exchanges whose calendars are known.</summary>
/// <param name="Exchanges">Each of them, in the order of their codes.</param>
public sealed record ExchangeList(IReadOnlyList<ExchangeView> Exchanges);

/// <summary>An exchange.</summary>
/// <param name="Exchange">Its market identifier code, ISO 10383; else <c>24/7</c> or <c>24/5</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Zone">The IANA id of the time zone that decides its days.</param>
/// <param name="Currency">The currency, ISO 4217, that its shares trade in unless they say otherwise.</param>
/// <param name="PriceUnit">What a price of 1 means there: the currency, or <c>GBp</c>, a hundredth of GBP.</param>
/// <param name="HolidaysKnownFrom">From here on every holiday is known; null where there is no beginning.</param>
/// <param name="HolidaysKnownThrough">Up to here every holiday is known; beyond it sessions are expected by rule. Null where there is no end.</param>
public record ExchangeView(
    string Exchange, string Name, string Zone, string Currency, string PriceUnit, DateOnly? HolidaysKnownFrom, DateOnly? HolidaysKnownThrough);

/// <summary>When an exchange trades.</summary>
public sealed record ExchangeCalendar : ExchangeView
{
    internal ExchangeCalendar(ExchangeView exchange)
        : base(exchange)
    {
    }

    /// <summary>The first day given.</summary>
    public DateOnly Start { get; init; }

    /// <summary>The last day given.</summary>
    public DateOnly End { get; init; }

    /// <summary>The regular sessions, in order.</summary>
    public IReadOnlyList<SessionView> Sessions { get; init; } = [];

    /// <summary>The days from Monday to Friday without one.</summary>
    public IReadOnlyList<DateOnly> Closures { get; init; } = [];
}

/// <summary>A session.</summary>
/// <param name="Date">The exchange's own date, by which daily candles are stamped.</param>
/// <param name="Open">First instant of trading, UTC.</param>
/// <param name="Close">End of trading, UTC.</param>
/// <param name="BreakStart">The begin of the lunch break, UTC; null where there is none.</param>
/// <param name="BreakEnd">The end of the lunch break, UTC; null where there is none.</param>
/// <param name="IsHalfDay">Whether it closes earlier than regular sessions do.</param>
public sealed record SessionView(DateOnly Date, DateTime Open, DateTime Close, DateTime? BreakStart, DateTime? BreakEnd, bool IsHalfDay);
