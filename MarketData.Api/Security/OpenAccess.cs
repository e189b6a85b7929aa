using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>What callers without a key may do.</summary>
public sealed class OpenAccess(IHostEnvironment environment, IOptions<ApiOptions> options)
{
    /// <summary>Whether a caller without a key may do what needs this scope: read, unless that is closed; in Development everything.</summary>
    public bool Allows(string scope) => environment.IsDevelopment() || (scope == Scopes.Read && !options.Value.RequireKeyForReads);
}
