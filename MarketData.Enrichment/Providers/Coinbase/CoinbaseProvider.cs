using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;

namespace MarketData.Enrichment.Providers.Coinbase;

/// <summary>
/// Coinbase Exchange: crypto against dollars and other currencies, no key. Each pair tells what its prices are in, and is refused when that is
/// not what is on record.
/// </summary>
public sealed class CoinbaseProvider(ProviderClient client, InstrumentStore instruments, TimeProvider time) : IMarketDataProvider
{
    internal const string ProviderName = "coinbase";

    /// <summary>What registers it.</summary>
    public static ProviderRegistration Registration { get; } = new()
    {
        Name = ProviderName,
        PublicAddress = new("https://api.exchange.coinbase.com/"),
        Defaults = static (options, _) =>
        {
            // It allows ten requests a second to an address, and fifteen at once; candles "should not be polled frequently".
            options.Resilience.RequestsPerMinute = 300;
            options.Resilience.Burst = 10;
        },
        Create = static (services, client) => ActivatorUtilities.CreateInstance<CoinbaseProvider>(services, client),
    };

    // The most that one answer holds; what would hold more is refused as a whole.
    private const int PageLimit = 300;

    // A pair's currencies do not change.
    private static readonly TimeSpan ProductKept = TimeSpan.FromDays(1);

    // The exchange's first year: ranges before it would cost a request for every page of nothing.
    private static readonly DateTime Opened = new(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ConcurrentDictionary<string, (InstrumentFacts Facts, DateTimeOffset Until)> _products = [];

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) =>
        instrument.AssetClass == AssetClass.Crypto && instrument.Symbol.Value.Contains('-', StringComparison.Ordinal);

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        using var buffer = new CandleBuffer();
        var (fetch, now, asked) = (client.ForOneFetch(instrument.Symbol.Value), time.GetUtcNow().UtcDateTime, AskedFor(interval));
        var coveredFrom = from > Opened ? from : Opened;
        if (coveredFrom >= to)
            return BarFetch.Result(buffer, fetch, instrument, interval, coveredFrom);

        var record = await instruments.ReadAsync(instrument, cancellationToken);
        var widened = BarFetch.Widen(coveredFrom, to, interval, now);
        InstrumentFacts? facts = null;
        foreach (var (ticker, start, end) in BarFetch.Tickers(record, Name, instrument.Symbol.Value, (coveredFrom, to), widened))
        {
            facts = await ProductAsync(fetch, ticker, cancellationToken);
            BarFetch.Check(record, ticker, facts);
            await ReadAsync(fetch, buffer, ticker, asked, (start, end), cancellationToken);
        }

        BarFetch.Finish(buffer, instrument, asked, interval, (coveredFrom, to), now, ExchangeClock.Utc);
        return BarFetch.Result(buffer, fetch, instrument, interval, coveredFrom) with { Facts = facts };
    }

    /// <inheritdoc/>
    public FetchCost Estimate(Instrument instrument, BarInterval interval, DateTime from, DateTime to)
    {
        var served = from > Opened ? from : Opened;
        return new FetchCost(served, served < to ? FetchCost.Pages((to - served) / AskedFor(interval).Length(), PageLimit) : 0);
    }

    /// <inheritdoc/>
    public Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        Task.FromResult(CorporateActions.NotServed);

    /// <inheritdoc/>
    public async Task<InstrumentFacts?> LookUpAsync(Instrument instrument, CancellationToken cancellationToken) =>
        await ProductAsync(client.ForOneFetch(instrument.Symbol.Value), instrument.Symbol.Value, cancellationToken);

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        var today = time.GetUtcNow().UtcDateTime.Date;
        return client.ProbeAsync(
            Address("BTC-USD", BarInterval.OneDay.Length(), today.AddDays(-1), today),
            static body =>
            {
                using var unused = new CandleBuffer();
                return CoinbaseCandles.Parse(body, unused);
            },
            cancellationToken);
    }

    private async Task<InstrumentFacts> ProductAsync(ProviderClient fetch, string ticker, CancellationToken cancellation)
    {
        if (_products.TryGetValue(ticker, out var kept) && time.GetUtcNow() < kept.Until)
            return kept.Facts;
        var product = await fetch.GetAsync(
            $"products/{Uri.EscapeDataString(ticker)}", static body => JsonSerializer.Deserialize<CoinbaseProduct>(body), cancellation);
        if (product?.Id is null)
        {
            throw new ProviderException(
                Name, ProviderErrorKind.BadAnswer, "answered something unreadable: it tells nothing of the pair.",
                "Wait: the symbol is tried again by itself.");
        }

        var facts = product.ToFacts();
        _products[ticker] = (facts, time.GetUtcNow() + ProductKept);
        return facts;
    }

    // Its range takes in the bars at both of its ends, so that the next page begins one bar later.
    private static async Task ReadAsync(
        ProviderClient fetch, CandleBuffer buffer, string ticker, BarInterval asked, (DateTime From, DateTime To) range,
        CancellationToken cancellation)
    {
        var length = asked.Length();
        var last = Floor(range.To.AddTicks(-1), length);
        for (var start = Floor(range.From, length); start <= last; start += PageLimit * length)
        {
            var end = start + (PageLimit - 1) * length;
            var before = buffer.Mark();
            await fetch.GetAsync(
                Address(ticker, length, start, end < last ? end : last),
                body =>
                {
                    buffer.RollBack(before);
                    return CoinbaseCandles.Parse(body, buffer);
                },
                cancellation);
        }
    }

    private static string Address(string ticker, TimeSpan length, DateTime first, DateTime last) => string.Create(
        CultureInfo.InvariantCulture,
        $"products/{Uri.EscapeDataString(ticker)}/candles?granularity={length.TotalSeconds}&start={Moment(first)}&end={Moment(last)}");

    // It has bars of 1, 5 and 15 minutes, 1 and 6 hours and a day.
    private static BarInterval AskedFor(BarInterval interval) => interval switch
    {
        BarInterval.ThirtyMinutes => BarInterval.FifteenMinutes,
        BarInterval.FourHours => BarInterval.OneHour,
        BarInterval.OneWeek => BarInterval.OneDay,
        _ => interval,
    };

    private static DateTime Floor(DateTime instant, TimeSpan length) => instant.AddTicks(-(instant.Ticks % length.Ticks));

    private static string Moment(DateTime instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
