using System.Net.Http.Headers;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// What makes a provider: who it is, where and how often it may be asked unless settings say otherwise, and what creates it. One stands in
/// each provider's folder, and <see cref="ProviderServices.AddProviders"/> names them all.
/// </summary>
public sealed record ProviderRegistration
{
    /// <summary>The name in tables, metrics and settings: a lower-case word, such as <c>yahoo</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it answers unless <see cref="ProviderOptions.BaseUrl"/> says otherwise.</summary>
    public required Uri PublicAddress { get; init; }

    /// <summary>Creates the provider, given the client for <see cref="PublicAddress"/>.</summary>
    public required Func<IServiceProvider, ProviderClient, IMarketDataProvider> Create { get; init; }

    /// <summary>
    /// The settings that it can't do without, of <see cref="ProviderOptions.ApiKey"/> and <see cref="ProviderOptions.ApiSecret"/>: where all are
    /// empty the provider is disabled, and where some are the service does not start. None: it needs no key.
    /// </summary>
    public IReadOnlyList<string> RequiredSettings { get; init; } = [];

    /// <summary>Where a person gets a key; null where none is needed.</summary>
    public Uri? KeyPage { get; init; }

    /// <summary>Sets what differs from the defaults of <see cref="ProviderOptions"/>, such as limits; settings outrank it.</summary>
    public Action<ProviderOptions, IConfigurationSection> Defaults { get; init; } = static (_, _) => { };

    /// <summary>Adds the headers of each request that carry the key.</summary>
    public Action<HttpRequestHeaders, ProviderOptions> Authorize { get; init; } = static (_, _) => { };

    /// <summary>Adds the settings that this provider alone has, which stand in the same section.</summary>
    public Action<IServiceCollection, IConfigurationSection> AddSettings { get; init; } = static (_, _) => { };

    /// <summary>
    /// Makes what reads from an answer for how long the provider is better left alone: null, when it is not. Null where answers do not say.
    /// </summary>
    public Func<IServiceProvider, Func<HttpResponseMessage, TimeSpan?>>? Restraint { get; init; }

    /// <summary>
    /// Tells what an answer means that is no success or no JSON, where the provider has ways of its own to refuse: null, when it means what it
    /// means with others.
    /// </summary>
    public Func<HttpResponseMessage, ReadOnlyMemory<byte>, AnswerVerdict?>? Judge { get; init; }

    /// <summary>Further addresses behind the same gate, each with a keyed <see cref="ProviderClient"/> of its name.</summary>
    public IReadOnlyList<ProviderEndpoint> FurtherEndpoints { get; init; } = [];

    /// <summary>The section of the configuration that its settings stand in.</summary>
    internal string Section => $"Providers:{char.ToUpperInvariant(Name[0])}{Name[1..]}";

    /// <summary>The required settings that are not set.</summary>
    internal IReadOnlyList<string> Missing(ProviderOptions options) =>
        [.. RequiredSettings.Where(setting => string.IsNullOrWhiteSpace(setting == nameof(ProviderOptions.ApiKey) ? options.ApiKey : options.ApiSecret))];
}
