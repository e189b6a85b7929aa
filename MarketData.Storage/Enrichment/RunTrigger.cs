namespace MarketData.Storage.Enrichment;

/// <summary>Why a run exists; its wire names are those of <see cref="RunTriggers"/>.</summary>
public enum RunTrigger
{
    /// <summary>The nightly schedule.</summary>
    Nightly,

    /// <summary>Somebody asked for it.</summary>
    Manual,

    /// <summary>The first start on an empty database.</summary>
    Startup,

    /// <summary>Somebody asked for a range of the past.</summary>
    Backfill,

    /// <summary>Missing candles are due to be asked for again.</summary>
    Gap,

    /// <summary>The failed symbols of an earlier run, once more.</summary>
    Retry,

    /// <summary>Candles that somebody brought are stored, or taken away again.</summary>
    Import,
}
