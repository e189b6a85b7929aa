using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Historical;

/// <summary>
/// Small pages as they were answered, by their <see cref="EntityTag"/>: a series that has not been written to since is read once, however many
/// watch it. What is asked for least goes first when <see cref="ApiOptions.PageCacheBytes"/> are full.
/// </summary>
public sealed class PageCache(IOptions<ApiOptions> options) : IDisposable
{
    /// <summary>Candles of a page that is worth keeping: longer ones are asked for once, by somebody who reads a whole range.</summary>
    public const int MostCandles = 200;

    private readonly MemoryCache _pages = new(new MemoryCacheOptions { SizeLimit = options.Value.PageCacheBytes });

    /// <summary>The body of an answer with this tag; null when it is not there.</summary>
    public byte[]? Find(string tag) => _pages.Get<byte[]>(tag);

    /// <summary>Keeps the body of an answer.</summary>
    public void Keep(string tag, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _pages.Set(tag, body, new MemoryCacheEntryOptions { Size = body.Length });
    }

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();
}
