using MarketData.Domain.Candles;
using MarketData.Storage.Events;

namespace MarketData.Api.Events;

/// <summary>Which events a listener wants.</summary>
internal sealed class EventFilter
{
    private readonly HashSet<string>? _kinds;
    private readonly HashSet<string>? _symbols;
    private readonly HashSet<string>? _timeframes;

    /// <summary>Makes one; what is null or empty leaves nothing out.</summary>
    public EventFilter(IReadOnlyCollection<string>? kinds, IReadOnlyCollection<Symbol>? symbols, IReadOnlyCollection<string>? timeframes)
    {
        _kinds = SetOf(kinds);
        _symbols = SetOf(symbols?.Select(symbol => symbol.Value).ToList());
        _timeframes = SetOf(timeframes);
    }

    /// <summary>Whether all events are wanted.</summary>
    public bool IsOpen => _kinds is null && _symbols is null && _timeframes is null;

    /// <summary>Those that are wanted.</summary>
    public IReadOnlyList<StoredEvent> Of(IReadOnlyList<StoredEvent> events) => IsOpen ? events : [.. events.Where(Passes)];

    // What is about no symbol is not about one of those; what is about no interval is about all.
    private bool Passes(StoredEvent one) =>
        _kinds?.Contains(one.Kind) != false
        && (_symbols is null || (one.Symbol is { } symbol && _symbols.Contains(symbol)))
        && (one.Timeframe is null || _timeframes?.Contains(one.Timeframe) != false);

    private static HashSet<string>? SetOf(IReadOnlyCollection<string>? items) =>
        items is { Count: > 0 } ? new(items, StringComparer.OrdinalIgnoreCase) : null;
}
