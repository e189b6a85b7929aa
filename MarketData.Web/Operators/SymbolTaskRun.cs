using MarketData.Web.Api;

namespace MarketData.Web.Operators;

/// <summary>
/// One thing done to several symbols, each by a request of its own, so that one that is refused does not stand in the way of the others and
/// the audit names each.
/// </summary>
public sealed class SymbolTaskRun(MarketDataClient client, SymbolTask task, IReadOnlyList<string> timeframes)
{
    // A long history takes more than one request: the API deletes it in portions, and goes on where it was broken off.
    private const int MostRequests = 30;

    private readonly List<(string Symbol, string Why)> _refused = [];

    /// <summary>How many are done or refused.</summary>
    public int Ended { get; private set; }

    /// <summary>Those that were refused, with the reason.</summary>
    public IReadOnlyList<(string Symbol, string Why)> Refused => _refused;

    /// <summary>Goes through the symbols until the last one, or until it is stopped.</summary>
    /// <param name="symbols">Which.</param>
    /// <param name="progress">Told after each.</param>
    /// <param name="cancellation">Stops it before the next one.</param>
    public async Task GoAsync(IReadOnlyList<string> symbols, Action progress, CancellationToken cancellation)
    {
        foreach (var symbol in symbols)
        {
            if (cancellation.IsCancellationRequested)
                return;
            try
            {
                await DoAsync(symbol);
            }
            catch (ApiException failure)
            {
                _refused.Add((symbol, failure.Sentence));
            }

            Ended++;
            progress();
        }
    }

    private Task DoAsync(string symbol) => task switch
    {
        SymbolTask.Edit => client.ChangeSymbolAsync(symbol, new SymbolChange(Timeframes: timeframes), CancellationToken.None),
        SymbolTask.Activate => client.ChangeSymbolAsync(symbol, new SymbolChange(Active: true), CancellationToken.None),
        SymbolTask.Deactivate => client.RemoveSymbolAsync(symbol, cancellationToken: CancellationToken.None),
        _ => DeleteAsync(symbol),
    };

    private async Task DeleteAsync(string symbol)
    {
        for (var request = 1; ; request++)
        {
            try
            {
                await client.RemoveSymbolAsync(symbol, purge: true, CancellationToken.None);
                return;
            }
            catch (ApiException failure) when (failure.TookTooLong && request < MostRequests)
            {
                // The next request deletes on.
            }
        }
    }
}
