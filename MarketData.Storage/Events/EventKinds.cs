namespace MarketData.Storage.Events;

/// <summary>What events are about.</summary>
public static class EventKinds
{
    /// <summary>A run was made, began, went on or ended.</summary>
    public const string Run = "run";

    /// <summary>A symbol's job was queued, began a step or an attempt, or ended.</summary>
    public const string Job = "job";

    /// <summary>A provider's circuit opened or closed on a node.</summary>
    public const string Circuit = "circuit";

    /// <summary>The cluster was paused or resumed, or its next nightly run was set.</summary>
    public const string Scheduler = "scheduler";

    /// <summary>A symbol's status or quality changed.</summary>
    public const string Quality = "quality";

    /// <summary>Candles of a symbol were stored or revised.</summary>
    public const string Candle = "candle";
}
