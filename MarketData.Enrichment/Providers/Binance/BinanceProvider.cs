using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;

namespace MarketData.Enrichment.Providers.Binance;

/// <summary>Binance: crypto on the exchange itself, with taker volumes; microstructure from its futures where they are served.</summary>
public sealed class BinanceProvider(
    ProviderClient client, BinanceFutures futures, InstrumentStore instruments, TimeProvider time) : IMarketDataProvider
{
    private const string ProviderName = "binance";

    /// <summary>What registers it.</summary>
    public static ProviderRegistration Registration { get; } = new()
    {
        Name = ProviderName,
        // The host for market data alone, which serves the locations too that the exchange's own, api.binance.com, does not.
        PublicAddress = new("https://data-api.binance.vision/"),
        FurtherEndpoints = [BinanceFutures.Endpoint],
        AddSettings = static (services, section) => services.AddSettings<BinanceOptions>(section),
        Restraint = BinanceWeight.Restraint,
        Create = static (services, client) => ActivatorUtilities.CreateInstance<BinanceProvider>(
            services,
            client,
            new BinanceFutures(
                services.GetRequiredKeyedService<ProviderClient>(BinanceFutures.Endpoint.Name), services.GetRequiredService<TimeProvider>())),
    };

    private const int PageLimit = 1000;

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) =>
        instrument.AssetClass == AssetClass.Crypto && instrument.Symbol.Value.EndsWith("-USD", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        using var buffer = new CandleBuffer();
        var (fetch, now) = (client.ForOneFetch(instrument.Symbol.Value), time.GetUtcNow().UtcDateTime);
        var record = await instruments.ReadAsync(instrument, cancellationToken);
        foreach (var (ticker, start, end) in record.Tickers(Name, Ticker(instrument), from, to))
            await ReadAsync(fetch, buffer, Uri.EscapeDataString(ticker), interval, (start, end), cancellationToken);
        BarFetch.Finish(buffer, instrument, interval, interval, (from, to), now, ExchangeClock.Utc);
        var shortfall = await futures.AddAsync(buffer, Uri.EscapeDataString(Ticker(instrument)), interval, cancellationToken);
        return BarFetch.Result(buffer, fetch, instrument, interval, from, shortfall) with
        {
            Facts = new InstrumentFacts { Provider = Name },
            Flaws = futures.Refusals(Uri.EscapeDataString(Ticker(instrument))),
        };
    }

    /// <inheritdoc/>
    public FetchCost Estimate(Instrument instrument, BarInterval interval, DateTime from, DateTime to) => new(
        from,
        FetchCost.Pages((to - from) / interval.Length(), PageLimit) + futures.CountRequests(Uri.EscapeDataString(Ticker(instrument)), interval, (from, to)));

    private static async Task ReadAsync(
        ProviderClient fetch, CandleBuffer buffer, string symbol, BarInterval interval, (DateTime From, DateTime To) range, CancellationToken cancellation)
    {
        var start = range.From;
        while (start < range.To)
        {
            var address = string.Create(
                CultureInfo.InvariantCulture,
                $"api/v3/klines?symbol={symbol}&interval={interval.Name()}&startTime={Milliseconds(start)}&endTime={Milliseconds(range.To)}&limit={PageLimit}");
            var before = buffer.Mark();
            var page = await fetch.GetAsync(
                address,
                body =>
                {
                    buffer.RollBack(before);
                    return BinanceKlines.Parse(body, buffer);
                },
                cancellation);
            if (page.Rows < PageLimit || page.LastOpen is not { } last || last < start)
                break;
            start = last.AddMilliseconds(1);
        }
    }

    /// <inheritdoc/>
    public Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        Task.FromResult(CorporateActions.NotServed);

    /// <inheritdoc/>
    public async Task<InstrumentFacts?> LookUpAsync(Instrument instrument, CancellationToken cancellationToken)
    {
        var ticker = Ticker(instrument);
        try
        {
            var listed = await client.ForOneFetch(instrument.Symbol.Value).GetAsync(
                $"api/v3/exchangeInfo?symbol={Uri.EscapeDataString(ticker)}", static body => JsonSerializer.Deserialize<ExchangeInfo>(body), cancellationToken);
            if (listed?.Symbols?.Any(one => one.Symbol == ticker) == true)
                return new InstrumentFacts { Provider = Name, Ticker = ticker, Type = "CRYPTOCURRENCY", ExchangeCode = "Binance" };
            throw new ProviderException(Name, ProviderErrorKind.UnknownSymbol, $"does not list {ticker}.", ProviderClient.UnknownAdvice);
        }
        // It refuses what it does not list with 400 and the code -1121, what it cannot read with -1100.
        catch (ProviderException e) when (e is { Kind: ProviderErrorKind.Refused, StatusCode: 400 })
        {
            throw new ProviderException(Name, ProviderErrorKind.UnknownSymbol, $"does not list {ticker}.", ProviderClient.UnknownAdvice, e);
        }
    }

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancellationToken) => client.ProbeAsync(
        "api/v3/klines?symbol=BTCUSDT&interval=1d&limit=1",
        static body =>
        {
            using var unused = new CandleBuffer();
            return BinanceKlines.Parse(body, unused);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ProbeFuturesAsync(CancellationToken cancellationToken) => futures.ProbeAsync(cancellationToken);

    private static string Ticker(Instrument instrument) =>
        instrument.Symbol.Value.Replace("-USD", "USDT", StringComparison.Ordinal);

    private static long Milliseconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeMilliseconds();

    private sealed record ExchangeInfo([property: JsonPropertyName("symbols")] IReadOnlyList<ListedPair>? Symbols);

    private sealed record ListedPair([property: JsonPropertyName("symbol")] string? Symbol);
}
