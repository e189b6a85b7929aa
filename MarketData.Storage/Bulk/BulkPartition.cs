using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Storage.Bulk;

/// <summary>What makes up one bulk file: the candles of an interval that open in a year, or in a month where they are shorter than an hour.</summary>
/// <param name="Interval">The interval.</param>
/// <param name="From">The beginning of the period, UTC.</param>
/// <param name="Until">Its end, exclusive, UTC.</param>
/// <param name="Series">The series that reach into it, by symbol.</param>
public sealed record BulkPartition(BarInterval Interval, DateTime From, DateTime Until, IReadOnlyList<BulkSeries> Series)
{
    // Another number whenever files are laid out otherwise.
    private const string Layout = "1";

    private static readonly string Build =
        $"{Layout} {string.Join(' ', FeatureCatalogue.All.Select(feature => $"{feature.Name}{feature.Version}"))}";

    /// <summary>The period's name: <c>2024</c> or <c>2024-05</c>.</summary>
    public string Period => PeriodOf(Interval, From);

    /// <summary>The name of a period: <c>2024</c> or <c>2024-05</c>.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="from">The beginning, UTC.</param>
    public static string PeriodOf(BarInterval interval, DateTime from) =>
        from.ToString(IsByYear(interval) ? "yyyy" : "yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>The partitions of all series, each interval's in order of time.</summary>
    public static IReadOnlyList<BulkPartition> Of(IEnumerable<BulkSeries> series) =>
    [
        .. from interval in series.GroupBy(one => one.Interval)
           orderby interval.Key
           from partition in Of(interval.Key, [.. interval.OrderBy(one => one.Series.Instrument.Symbol)])
           select partition,
    ];

    /// <summary>A digest of what the file follows from beside candles: who the series are, their splits, and the build's features.</summary>
    /// <param name="target">Where the file is.</param>
    public string Basis(string target) => Digest([Build, target, .. Series.Select(Facts)]);

    /// <summary>A digest of the marks that reach into the period; empty when none does.</summary>
    /// <param name="marks">The marks by series.</param>
    public string Marks(IReadOnlyDictionary<int, BulkMark> marks)
    {
        var tokens = Series.Select(one => marks.GetValueOrDefault(one.Series.Id!.Value))
            .Where(mark => mark is not null && mark.ChangedFrom < Until && mark.ChangedUntil >= From)
            .Select(mark => mark!.Token.ToString())
            .ToList();
        return tokens.Count == 0 ? "" : Digest(tokens);
    }

    private static string Facts(BulkSeries one)
    {
        var series = one.Series;
        return string.Join(
            '\u001f', series.Id, series.Instrument.Symbol.Value, series.Instrument.AssetClass.Name(), series.Name, series.Exchange, series.Currency,
            series.PriceUnit, series.Zone, one.Splits);
    }

    private static bool IsByYear(BarInterval interval) => interval >= BarInterval.OneHour;

    private static IEnumerable<BulkPartition> Of(BarInterval interval, IReadOnlyList<BulkSeries> series)
    {
        var last = series.Max(one => one.Series.Last!.Value);
        for (var from = Begin(interval, series.Min(one => one.Series.First!.Value)); from <= last;)
        {
            var until = IsByYear(interval) ? from.AddYears(1) : from.AddMonths(1);
            List<BulkSeries> within = [.. series.Where(one => one.Series.First < until && one.Series.Last >= from)];
            if (within.Count > 0)
                yield return new(interval, from, until, within);
            from = until;
        }
    }

    private static DateTime Begin(BarInterval interval, DateTime instant) =>
        new(instant.Year, IsByYear(interval) ? 1 : instant.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    private static string Digest(IReadOnlyCollection<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 16));
}
