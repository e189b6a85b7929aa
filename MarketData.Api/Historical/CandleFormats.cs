using MarketData.Api.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MarketData.Api.Historical;

/// <summary>Names, media types and the choice of formats.</summary>
public static class CandleFormats
{
    private static readonly (CandleFormat Format, string Name, string MediaType)[] All =
    [
        (CandleFormat.Json, "json", "application/json"),
        (CandleFormat.Ndjson, "ndjson", "application/x-ndjson"),
        (CandleFormat.Csv, "csv", "text/csv"),
        (CandleFormat.Parquet, "parquet", "application/vnd.apache.parquet"),
        (CandleFormat.Arrow, "arrow", "application/vnd.apache.arrow.stream"),
    ];

    /// <summary>The media types, in order of preference when a client takes any.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } = [.. All.Select(one => one.MediaType)];

    /// <summary>A format's media type.</summary>
    public static string MediaType(this CandleFormat format) => All.First(one => one.Format == format).MediaType;

    /// <summary>A format's name and file extension.</summary>
    public static string Name(this CandleFormat format) => All.First(one => one.Format == format).Name;

    /// <summary>Chooses the format of an answer.</summary>
    /// <param name="name">What <c>format</c> asks for; it takes precedence.</param>
    /// <param name="accept">The header <c>Accept</c>; one that can't be read counts as none.</param>
    /// <returns>The format; null when the client takes none of them.</returns>
    public static CandleFormat? Choose(string? name, StringValues accept)
    {
        if (name is not null)
            return All.First(one => one.Name == name).Format;
        if (StringValues.IsNullOrEmpty(accept) || !MediaTypeHeaderValue.TryParseList(accept, out var ranges) || ranges.Count == 0)
            return CandleFormat.Json;

        CandleFormat? chosen = null;
        var best = 0.0;
        foreach (var (format, _, mediaType) in All)
        {
            var quality = Quality(MediaTypeHeaderValue.Parse(mediaType), ranges);
            if (quality > best)
                (chosen, best) = (format, quality);
        }

        return chosen;
    }

    /// <summary>The answer to a client that takes none of them.</summary>
    public static ProblemHttpResult NotAcceptable() =>
        Problems.Of(ProblemCodes.FormatNotAvailable, $"'Accept' must allow one of {string.Join(", ", MediaTypes)}.");

    // The most specific range that covers a type decides (RFC 9110, 12.5.1).
    private static double Quality(MediaTypeHeaderValue type, IList<MediaTypeHeaderValue> ranges) =>
        ranges.Where(type.IsSubsetOf)
            .OrderByDescending(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
}
