using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Schema;

/// <summary>
/// How long candles are kept with all that is known about them, in days, each 30 to 36,500; null, the default, for ever. What is older is
/// forgotten within the hour and fetched no more. Section <c>Storage:Retention</c>.
/// </summary>
public sealed class CandleRetentionOptions() : IntervalSettings<int?>(30, 36_500)
{
    /// <summary>
    /// The beginning of the first day of an interval that is kept, UTC; null when all are. Days are kept by whole weeks, for weeks are
    /// built of them.
    /// </summary>
    /// <param name="interval">The interval.</param>
    /// <param name="now">The present instant, UTC.</param>
    public DateTime? KeptFrom(BarInterval interval, DateTime now) =>
        For(interval) is not { } days ? null
        : interval != BarInterval.OneDay ? now.Date.AddDays(-days)
        : TradingCalendar.MondayOf(DateOnly.FromDateTime(now).AddDays(-days)).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
