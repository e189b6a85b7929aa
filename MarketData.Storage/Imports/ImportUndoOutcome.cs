namespace MarketData.Storage.Imports;

/// <summary>What came of asking for an import to be undone.</summary>
public enum ImportUndoOutcome
{
    /// <summary>There is no import of that name.</summary>
    Unknown,

    /// <summary>It is being stored or undone, or work on the very same range of one of its symbols waits.</summary>
    Busy,

    /// <summary>Nothing of it was stored, and nothing is any more.</summary>
    NothingStored,

    /// <summary>A run undoes it.</summary>
    Queued,
}
