using System.Threading.Channels;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// Keeps the requests to a provider until they are on record. While the database is away the oldest are dropped and counted: a request never
/// waits for it. Safe for many threads.
/// </summary>
internal sealed class RequestLog
{
    /// <summary>How many are kept in memory.</summary>
    public const int Capacity = 2000;

    private const int LongestText = 500;

    private readonly Channel<ProviderRequest> _requests;

    /// <summary>Makes an empty one.</summary>
    /// <param name="dropped">Told of each request that is dropped.</param>
    public RequestLog(Action dropped) => _requests = Channel.CreateBounded<ProviderRequest>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest }, _ => dropped());

    /// <summary>Adds one.</summary>
    public void Add(ProviderRequest request) => _requests.Writer.TryWrite(request with { Address = Cut(request.Address)!, Error = Cut(request.Error) });

    /// <summary>Takes away what there is.</summary>
    public IReadOnlyList<ProviderRequest> Take()
    {
        var taken = new List<ProviderRequest>();
        while (taken.Count < Capacity && _requests.Reader.TryRead(out var request))
            taken.Add(request);
        return taken;
    }

    // What a provider says may hold what PostgreSQL's text does not.
    private static string? Cut(string? text) =>
        (text is { Length: > LongestText } ? text[..(LongestText - 1)] + '…' : text)?.Replace("\0", "", StringComparison.Ordinal);
}
