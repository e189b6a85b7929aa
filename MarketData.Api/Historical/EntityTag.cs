using System.Security.Cryptography;
using System.Text;
using MarketData.Domain.Features;
using Microsoft.Net.Http.Headers;

namespace MarketData.Api.Historical;

/// <summary>
/// The tag of an answer: another one whenever the answer may be another. Weak, since a compressed answer has the same one.
/// </summary>
public static class EntityTag
{
    // A new build may write the same candles differently.
    private static readonly string Build =
        $"{typeof(EntityTag).Module.ModuleVersionId} {string.Join(' ', FeatureCatalogue.All.Select(feature => $"{feature.Name}{feature.Version}"))}";

    /// <summary>The tag of what is made of <paramref name="parts"/>.</summary>
    public static EntityTagHeaderValue Of(params ReadOnlySpan<string?> parts)
    {
        var text = Build + '\n' + string.Join('\n', parts!);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash.AsSpan(0, 12))}\"", isWeak: true);
    }

    /// <summary>Whether the client has the answer with this tag already.</summary>
    public static bool IsKnown(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(
            known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));

    /// <summary>An answer with the tag on it.</summary>
    internal static StreamedAnswer Tagged(EntityTagHeaderValue tag, IResult answer) => new(
        http =>
        {
            var headers = http.Response.GetTypedHeaders();
            headers.ETag = tag;
            headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            http.Response.Headers.AppendCommaSeparatedValues("Vary", "Accept");
            return answer.ExecuteAsync(http);
        },
        () => answer is StreamedAnswer streamed ? streamed.DisposeAsync() : ValueTask.CompletedTask);
}
