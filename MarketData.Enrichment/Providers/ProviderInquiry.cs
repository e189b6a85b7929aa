using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Providers;

/// <summary>Asks one provider for bars that somebody wants to see as they are there; nothing is stored of them.</summary>
public sealed class ProviderInquiry(ProviderChain providers, TimeProvider time)
{
    /// <summary>How long a provider is waited for, retries included: somebody waits for the answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    /// <summary>Asks.</summary>
    public async Task<ProviderBars> AskAsync(ProviderQuestion question, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        var instrument = new Instrument(Symbol.Parse(question.Symbol), AssetClassNames.Parse(question.AssetClass));
        var interval = BarIntervals.Parse(question.Timeframe);
        if (providers.For(instrument, interval).FirstOrDefault(one => one.Name == question.Provider) is not { } provider)
            return new ProviderBars([], $"does not serve {question.Timeframe} bars of {question.Symbol}, or is not enabled.");
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            var answer = await provider.FetchAsync(instrument, interval, question.RangeFrom, question.RangeTo, either.Token);
            return new ProviderBars([.. answer.Candles.ToArray().Select(BarOf)]);
        }
        catch (ProviderException e)
        {
            return new ProviderBars([], e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ProviderBars([], $"did not answer within {Timeout.TotalSeconds:0} s.");
        }
    }

    private static ProviderBar BarOf(Candle candle) => new(
        candle.Timestamp, Finite(candle.Open), Finite(candle.High), Finite(candle.Low), Finite(candle.Close), Finite(candle.Volume));

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
