namespace MarketData.Simulator.Faults;

/// <summary>What an answer is about, as far as faults need to know.</summary>
/// <param name="Provider">Who answers.</param>
/// <param name="Step">Length of a bar, milliseconds.</param>
/// <param name="Now">The present, Unix milliseconds.</param>
/// <param name="End">End of the range asked for, Unix milliseconds.</param>
/// <param name="Before">The last row of the page before; null on the first page.</param>
/// <param name="LastSession">The row of the last session alone, for weeks.</param>
internal readonly record struct AnswerScene(Provider Provider, long Step, long Now, long End, Row? Before = null, Row? LastSession = null)
{
    /// <summary>A day, milliseconds.</summary>
    public const long Day = 86_400_000;

    /// <summary>A week, milliseconds.</summary>
    public const long Week = 7 * Day;

    /// <summary>A regular session of New York, milliseconds.</summary>
    public const long Session = 23_400_000;
}
