using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Historical;

/// <summary>How rows are given, whatever is in them: which columns in which order, by whose clock, and to how many decimals.</summary>
internal sealed record AnswerShape
{
    /// <summary>The most decimals that can be asked for: a double has no more.</summary>
    public const int MostDecimals = 15;

    private const string QualityScore = "quality_score";
    private const string FeatureSuffix = "_feature";
    private static readonly CandleBatch Everything = new(
        new CandleQuery { Instrument = default, Interval = default, Microstructure = true, SymbolColumn = true, TimeframeColumn = true }, 0);

    private static readonly HashSet<string> Microstructure =
    [
        .. Everything.Columns.Select(column => column.Name)
            .Except(new CandleBatch(new CandleQuery { Instrument = default, Interval = default }, 0).Columns.Select(column => column.Name))
            .Except(["symbol", "timeframe"]),
    ];

    /// <summary>As it is given when nothing is asked for.</summary>
    public static AnswerShape Plain { get; } = new();

    /// <summary>The columns of candles, in the order in which they are given.</summary>
    public static IReadOnlyList<string> CandleColumns { get; } = [.. Everything.Columns.Select(column => column.Name)];

    /// <summary>The columns to give, by the names that exports have for them, in this order; null for all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The features to give; null for all of an instrument's class.</summary>
    public IReadOnlyList<Feature>? Features { get; init; } = [];

    /// <summary>Whether all features of an instrument's class are given, after the columns that are named.</summary>
    public bool HasAllFeatures { get; init; }

    /// <summary>Whether rows are given as they are.</summary>
    public bool IsPlain => Columns is null && Zone is null && Decimals is null;

    /// <summary>Whether a column is named.</summary>
    public bool Has(string column) => Columns?.Contains(column) == true;

    /// <summary>Whether a column is asked for that is there for crypto only.</summary>
    public bool HasMicrostructure => Columns?.Any(Microstructure.Contains) == true;

    /// <summary>The zone by whose clock times are written, or <see cref="ZoneAttribute.OfExchange"/>; null for UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>Decimals of numbers; null for all that they have.</summary>
    public int? Decimals { get; init; }

    /// <summary>Whether features are within an object of their own, as in JSON.</summary>
    public bool IsNested { get; init; }

    /// <summary>The zone of each symbol, and whether its candles are stamped by dates, which no zone moves.</summary>
    public IReadOnlyDictionary<string, (LocalClock Clock, bool AreDates)> Clocks { get; init; } = new Dictionary<string, (LocalClock, bool)>();

    /// <summary>Reads what a request asks for.</summary>
    /// <param name="columns">Names of columns.</param>
    /// <param name="features">Names of features.</param>
    /// <param name="zone">A zone.</param>
    /// <param name="decimals">Decimals.</param>
    /// <param name="format">The form of the answer.</param>
    /// <returns>The shape, or the answer that says what is wrong.</returns>
    public static (AnswerShape Shape, ProblemHttpResult? Problem) Read(
        string[]? columns, string[]? features, string? zone, int? decimals, CandleFormat format)
    {
        var (named, objection) = FeatureChoice.Read(features);
        if (objection is not null)
            return (Plain, Problems.Invalid("features", objection));
        var names = columns is { Length: > 0 } ? columns.Select(name => FindColumn(name)!).ToList() : null;
        if (names?.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return (Plain, Problems.Invalid("columns", $"'columns' names {twice.Key} more than once."));
        if (zone is not null && format is CandleFormat.Parquet or CandleFormat.Arrow)
            return (Plain, Problems.Invalid("tz", "'tz' is for JSON, NDJSON and CSV: Parquet and Arrow have a type for instants, which is UTC."));
        var known = named ?? FeatureCatalogue.All;
        var others = names?.Select(FeatureOf).OfType<Feature>().Where(one => known.All(other => other.Name != one.Name)).ToList() ?? [];
        return (new AnswerShape
        {
            Columns = names is null ? null : [.. names.Union(named?.Select(ColumnOf) ?? [])],
            Features = named is null && others.Count == 0 ? null : [.. known, .. others],
            HasAllFeatures = named is null,
            Zone = zone is null || LocalClock.Find(zone) is { Zone: "UTC" or "Etc/UTC" } ? null : zone.ToLowerInvariant(),
            Decimals = decimals,
            IsNested = format is CandleFormat.Json or CandleFormat.Ndjson,
        }, null);
    }

    /// <summary>The name of the column that a text names, in any case; null when there is none.</summary>
    public static string? FindColumn(string text)
    {
        var name = text.ToLowerInvariant();
        if (CandleColumns.Contains(name))
            return name;
        var isTaken = name.EndsWith(FeatureSuffix, StringComparison.Ordinal) && CandleColumns.Contains(name[..^FeatureSuffix.Length]);
        return FeatureCatalogue.Parse(isTaken ? name[..^FeatureSuffix.Length] : name) is { } feature ? ColumnOf(feature) : null;
    }

    /// <summary>The same shape for some series, whose clocks are those of the zone.</summary>
    public AnswerShape For(Timeframe bars, params IEnumerable<StoredSeries> series) => Zone is null ? this : this with
    {
        Clocks = series.ToDictionary(
            one => one.Instrument.Symbol.Value, one => (ClockOf(one), !bars.IsIntraday && !IsAroundTheClock(one.Instrument))),
    };

    /// <summary>The rows of a batch in this shape; valid as long as the batch is, whose numbers are rounded with them.</summary>
    public CandleBatch Apply(CandleBatch batch)
    {
        if (Decimals is { } decimals)
            Round(batch, decimals);
        if (Columns is null && Zone is null)
            return batch;
        var columns = Columns is null ? batch.Columns : Chosen(batch.Columns);
        if (Zone is not null)
            columns = [.. columns.Select(column => column.Kind == BatchColumnKind.Instant ? column.AsText(Times(batch)) : column)];
        return batch.With(columns);
    }

    // Objects of JSON hold their features in one of their own, which is written last.
    private IReadOnlyList<BatchColumn> Chosen(IReadOnlyList<BatchColumn> all)
    {
        var chosen = Columns!.Select(name => all.First(column => column.ExportName == name));
        if (HasAllFeatures)
            chosen = chosen.Union(all.Where(column => column.IsFeature));
        return IsNested ? [.. chosen.OrderBy(column => column.IsFeature)] : [.. chosen];
    }

    private static void Round(CandleBatch batch, int decimals)
    {
        foreach (var column in batch.Columns.Where(column => column.Kind == BatchColumnKind.Number && column.Name != QualityScore))
        {
            foreach (ref var number in column.Numbers.AsSpan(0, batch.Count))
                number = Math.Round(number, decimals, MidpointRounding.AwayFromZero);
        }
    }

    private string[] Times(CandleBatch batch)
    {
        var times = new string[batch.Count];
        var symbols = batch.Columns.FirstOrDefault(column => column.Name == "symbol");
        var (clock, areDates) = Clocks.Values.FirstOrDefault();
        for (var row = 0; row < times.Length; row++)
        {
            if (Clocks.Count > 1)
                (clock, areDates) = Clocks[symbols!.Texts[row]!];
            times[row] = TimeOf(batch.Timestamp(row), clock!, areDates);
        }

        return times;
    }

    // The date of a session is a date everywhere, though its stamp is an instant.
    private static string TimeOf(DateTime instant, LocalClock clock, bool isDate)
    {
        var offset = isDate ? clock.OffsetOf(DateOnly.FromDateTime(instant)) : clock.OffsetAt(instant);
        var local = isDate ? instant : instant + offset;
        return string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-ddTHH:mm:ss}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
    }

    private LocalClock ClockOf(StoredSeries series) => Zone == ZoneAttribute.OfExchange
        ? LocalClock.Find(series.Zone) ?? LocalClock.Find(Exchange.Of(series.Instrument).Zone)!
        : LocalClock.Find(Zone)!;

    private static bool IsAroundTheClock(Instrument instrument) => Exchange.Of(instrument).Mic == Exchange.AroundTheClock;

    private static string ColumnOf(Feature feature) => CandleColumns.Contains(feature.Name) ? feature.Name + FeatureSuffix : feature.Name;

    private static Feature? FeatureOf(string column) => CandleColumns.Contains(column) ? null : FeatureCatalogue.Parse(
        column.EndsWith(FeatureSuffix, StringComparison.Ordinal) ? column[..^FeatureSuffix.Length] : column);
}
