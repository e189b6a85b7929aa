using MarketData.Storage.Keys;

namespace MarketData.Api.Keys;

/// <summary>A new key. <see cref="Key"/> is shown here and never again.</summary>
public sealed record CreatedApiKey
{
    /// <summary>The secret, to be sent as <c>X-API-Key</c>.</summary>
    public required string Key { get; init; }

    /// <summary>What is kept of it.</summary>
    public required ApiKey ApiKey { get; init; }
}
