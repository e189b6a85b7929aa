using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Quality;

/// <summary>Which providers to compare, and over which bars.</summary>
public sealed record ProviderComparisonQuery(
    Symbol Symbol,
    [property: Text(40), Description("A provider.")] string Provider,
    [property: FromQuery(Name = "other_provider"), Text(40), Description("The other one.")] string OtherProvider,
    [property: Description("Only bars that open at or after this instant; a date alone means from its session on. "
        + "Thirty intervals before the end when left out.")]
    Instant? Start,
    [property: Description("Only bars that open before this instant; a date alone means through its session. Now when left out.")] Instant? End,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d");

/// <summary>What was compared.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Start">The first instant that bars were asked for, UTC.</param>
/// <param name="End">The end of the range, UTC, exclusive.</param>
internal readonly record struct ComparedRange(string Symbol, string Timeframe, DateTime Start, DateTime End);

/// <summary>What two providers say now of the same bars, side by side. Nothing of it is stored.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Start">The first instant that bars were asked for, UTC.</param>
/// <param name="End">The end of the range, UTC, exclusive.</param>
/// <param name="Provider">A provider.</param>
/// <param name="OtherProvider">The other one.</param>
/// <param name="Refusals">Of a provider that gave no answer, by its name, why: in a sentence that begins after the name.</param>
/// <param name="BarsCompared">Bars that both have.</param>
/// <param name="BarsDiffering">Those whose closes lie further apart than <paramref name="Tolerance"/>.</param>
/// <param name="Tolerance">The share of their mean by which closes may differ.</param>
/// <param name="MaxDifference">The largest difference of two closes, as a share of their mean, 0 to 2; null when no bar was compared.</param>
/// <param name="MeanDifference">The mean of these differences.</param>
/// <param name="OnlyProvider">Bars that the other lacks.</param>
/// <param name="OnlyOther">Bars that the other alone has.</param>
/// <param name="Bars">The bars of either, in order of time.</param>
public sealed record ProviderComparison(
    string Symbol, string Timeframe, DateTime Start, DateTime End, string Provider, string OtherProvider, IReadOnlyDictionary<string, string> Refusals,
    int BarsCompared, int BarsDiffering, double Tolerance, double? MaxDifference, double? MeanDifference, int OnlyProvider, int OnlyOther,
    IReadOnlyList<ComparedBar> Bars)
{
    internal static ProviderComparison Of(
        ComparedRange range, (string Name, ProviderBars Answer) one, (string Name, ProviderBars Answer) two)
    {
        // Of two bars with one stamp, which a provider may give, the later counts.
        var (first, second) = (ByInstant(one.Answer), ByInstant(two.Answer));
        var bars = first.Keys.Union(second.Keys).Order()
            .Select(instant => ComparedBar.Of(instant, first.GetValueOrDefault(instant), second.GetValueOrDefault(instant)))
            .ToList();
        var differences = bars.Select(bar => bar.Difference).OfType<double>().ToList();
        return new ProviderComparison(
            range.Symbol,
            range.Timeframe,
            range.Start,
            range.End,
            one.Name,
            two.Name,
            new[] { one, two }.Where(side => side.Answer.Refusal is not null).ToDictionary(side => side.Name, side => side.Answer.Refusal!),
            BarsCompared: differences.Count,
            BarsDiffering: differences.Count(difference => difference > ProviderDifference.Tolerance),
            Tolerance: ProviderDifference.Tolerance,
            MaxDifference: differences.Count > 0 ? differences.Max() : null,
            MeanDifference: differences.Count > 0 ? differences.Average() : null,
            OnlyProvider: bars.Count(bar => bar.OtherBar is null),
            OnlyOther: bars.Count(bar => bar.Bar is null),
            bars);
    }

    private static Dictionary<DateTime, ProviderBar> ByInstant(ProviderBars answer) =>
        answer.Bars.GroupBy(bar => bar.Timestamp).ToDictionary(same => same.Key, same => same.Last());
}

/// <summary>One bar of two providers, as traded.</summary>
/// <param name="Timestamp">Opening instant, UTC.</param>
/// <param name="Bar">The first provider's; null when it has none.</param>
/// <param name="OtherBar">The other's; null when it has none.</param>
/// <param name="Difference">How far the closes lie apart, as a share of their mean, 0 to 2; null where one is missing or not above 0.</param>
public sealed record ComparedBar(DateTime Timestamp, ProviderBar? Bar, ProviderBar? OtherBar, double? Difference)
{
    internal static ComparedBar Of(DateTime timestamp, ProviderBar? one, ProviderBar? two) => new(
        timestamp, one, two, one is { Close: > 0 } && two is { Close: > 0 } ? ProviderDifference.Of(one.Close.Value, two.Close.Value) : null);
}
