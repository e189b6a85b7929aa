using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Something to point at on the chart.</summary>
/// <param name="Kind">anomaly, rejected, revision, split or dividend.</param>
/// <param name="Time">The opening instant of its candle, in milliseconds since 1970, UTC.</param>
/// <param name="Text">What it is, for the line above the chart.</param>
/// <param name="Label">A few characters beside the mark.</param>
public sealed record ChartMark(string Kind, long Time, string Text, string? Label = null)
{
    /// <summary>Everything to mark in one interval.</summary>
    public static IReadOnlyList<ChartMark> Of(string timeframe, QualityReport report, IReadOnlyList<CorporateAction> actions) =>
    [
        .. report.Anomalies.Where(a => a.Timeframe == timeframe).Select(a =>
            new ChartMark("anomaly", Millis(a.Timestamp), $"Odd: {Words(a.ValidationNotes)}, score {Format.Score(a.QualityScore)}")),
        .. report.RejectedCandles.Where(r => r.Timeframe == timeframe && r.Timestamp is not null).Select(r =>
            new ChartMark(
                "rejected", Millis(r.Timestamp!.Value), $"Rejected from {Names.Provider(r.Source)}: {r.Detail ?? Words([r.Reason])}")),
        .. report.Revisions.Where(r => r.Timeframe == timeframe).Select(r =>
            new ChartMark("revision", Millis(r.Timestamp), $"Revised {Format.Utc(r.ReplacedAt)}; close was {Format.Price(r.Close)}")),
        .. actions.Select(action => action.Kind == "split"
            ? new ChartMark("split", Millis(action.ExDate), $"Split {Ratio(action.RatioTo, action.RatioFrom)}", Ratio(action.RatioTo, action.RatioFrom))
            : new ChartMark("dividend", Millis(action.ExDate), $"Dividend {Format.Price(action.CashAmount)} {action.Currency}".TrimEnd())),
    ];

    /// <summary>Rule ids as words: <c>price_anomaly, gap_before</c> becomes <c>price anomaly, gap before</c>.</summary>
    public static string Words(IEnumerable<string> rules) => string.Join(", ", rules).Replace('_', ' ');

    /// <summary>A split's ratio, new for old: <c>4:1</c>.</summary>
    public static string Ratio(double? to, double? from) => $"{Format.Compact(to)}:{Format.Compact(from)}";

    private static long Millis(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    private static long Millis(DateOnly day) => Millis(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
}
