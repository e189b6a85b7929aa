using MarketData.Domain.Validation;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Compares the closes of two providers' bars.</summary>
internal static class ProviderComparison
{
    /// <summary>Compares them day by day.</summary>
    /// <param name="one">A provider and its closes, above zero, by opening instant.</param>
    /// <param name="two">Another one.</param>
    /// <param name="dateOf">The day that an instant belongs to.</param>
    public static IReadOnlyList<CrossCheckDay> ByDay(
        (string Name, IReadOnlyDictionary<DateTime, double> Closes) one, (string Name, IReadOnlyDictionary<DateTime, double> Closes) two,
        Func<DateTime, DateOnly> dateOf)
    {
        var (first, second) = string.CompareOrdinal(one.Name, two.Name) < 0 ? (one, two) : (two, one);
        return
        [
            .. first.Closes.Keys.Union(second.Closes.Keys).GroupBy(dateOf).OrderBy(day => day.Key).Select(day =>
            {
                var differences = day.Where(instant => first.Closes.ContainsKey(instant) && second.Closes.ContainsKey(instant))
                    .Select(instant => ProviderDifference.Of(first.Closes[instant], second.Closes[instant])).ToList();
                return new CrossCheckDay(
                    day.Key,
                    first.Name,
                    second.Name,
                    BarsCompared: differences.Count,
                    BarsDiffering: differences.Count(difference => difference > ProviderDifference.Tolerance),
                    MaxDifference: differences.Count > 0 ? differences.Max() : null,
                    MeanDifference: differences.Count > 0 ? differences.Average() : null,
                    OnlyProvider: day.Count(instant => !second.Closes.ContainsKey(instant)),
                    OnlyOther: day.Count(instant => !first.Closes.ContainsKey(instant)));
            }),
        ];
    }
}
