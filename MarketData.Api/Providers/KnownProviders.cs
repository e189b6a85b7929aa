using MarketData.Api.Errors;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Providers;

/// <summary>The providers that this system has, as its nodes tell: they alone know what is registered.</summary>
internal static class KnownProviders
{
    /// <summary>400 for a provider that is none of them; null for one that is, for none, and while no node has told of any.</summary>
    public static async Task<ProblemHttpResult?> ObjectionAsync(
        this ProviderStateStore states, string? provider, CancellationToken cancellationToken, string field = "provider") =>
        provider is not null && await states.ReadNamesAsync(cancellationToken) is { Count: > 0 } names
            && !names.Contains(provider, StringComparer.OrdinalIgnoreCase)
            ? Problems.Invalid(field, $"'{field}' must be one of {string.Join(", ", names)}.")
            : null;
}
