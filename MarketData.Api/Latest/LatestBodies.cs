using System.Runtime.CompilerServices;
using MarketData.Storage.Candles;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Latest;

/// <summary>What is written of rows that are asked for again and again: as long as the rows are kept, and no longer.</summary>
public sealed class LatestBodies(IOptions<ApiOptions> options)
{
    // A feature's name, and the seventeen digits that it has more often than not.
    private const long BytesOfValue = 32;

    private readonly ConditionalWeakTable<LatestRows, LatestBody> _bodies = [];

    /// <summary>What is written of rows; null when that is larger than all pages together may be.</summary>
    internal LatestBody? Of(LatestRows rows) =>
        rows.Values * BytesOfValue > options.Value.PageCacheBytes ? null : _bodies.GetValue(rows, LatestBody.Of);
}
