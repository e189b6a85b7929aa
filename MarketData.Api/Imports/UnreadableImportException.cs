namespace MarketData.Api.Imports;

/// <summary>What was sent can't be read at all: another format, no columns that are known, nothing.</summary>
/// <param name="field">Where it is wrong: a parameter, a column, a line.</param>
/// <param name="message">What is wrong, and what would be right.</param>
internal sealed class UnreadableImportException(string field, string message) : Exception(message)
{
    /// <summary>Where it is wrong.</summary>
    public string Field { get; } = field;
}
