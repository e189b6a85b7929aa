using System.Text.RegularExpressions;

namespace MarketData.Chaos.Tests;

/// <summary>
/// A scenario: a test class whose tests each leave a row in the table of <c>./chaos.sh</c>, also when they fail. It is called there as its
/// class is: <c>KilledEnrichmentTests</c> is <c>killed-enrichment</c>.
/// </summary>
public abstract partial class ScenarioTests : IAsyncDisposable
{
    private protected ScenarioTests() => Row = new ScenarioRow(Hump.Replace(GetType().Name[..^"Tests".Length], "-").ToLowerInvariant());

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What is to be said of it in the table.</summary>
    private protected ScenarioRow Row { get; }

    [GeneratedRegex("(?<!^)(?=[A-Z])")]
    private static partial Regex Hump { get; }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        Row.Write();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
