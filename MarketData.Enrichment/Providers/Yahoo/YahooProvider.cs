using System.Globalization;
using System.Text.Json;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>
/// Yahoo Finance: shares of most of the world's exchanges, indices, currency pairs and crypto, no key. Its prices come adjusted for splits;
/// they are turned back into those traded by the splits that come along. Each answer says what it is of, and is refused when that is not what
/// is on record.
/// </summary>
/// <param name="client">Asks it.</param>
/// <param name="session">The cookie and crumb that it asks some clients for.</param>
/// <param name="instruments">The instruments' records.</param>
/// <param name="time">The clock.</param>
public sealed class YahooProvider(ProviderClient client, YahooSession session, InstrumentStore instruments, TimeProvider time)
    : IMarketDataProvider, IDisposable
{
    private const string ProviderName = "yahoo";

    // It turns away what does not look like a browser.
    private const string BrowserLike = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";

    /// <summary>What registers it.</summary>
    public static ProviderRegistration Registration { get; } = new()
    {
        Name = ProviderName,
        PublicAddress = new("https://query1.finance.yahoo.com/"),
        FurtherEndpoints = [YahooSession.CookieEndpoint],
        AddSettings = static (services, section) => services.AddSettings<YahooOptions>(section),
        Judge = YahooRefusals.Of,
        Defaults = static (options, _) =>
        {
            options.UserAgent = BrowserLike;
            // It publishes no limit, and blocks for a day whom it finds too quick: one request in two seconds has been borne so far.
            (options.Resilience.RequestsPerMinute, options.Resilience.Burst) = (30, 30);
            options.Resilience.RefusalBackoff.From = TimeSpan.FromMinutes(2);
        },
        Create = static (services, client) => ActivatorUtilities.CreateInstance<YahooProvider>(
            services, client, new YahooSession(services.GetRequiredKeyedService<ProviderClient>(YahooSession.CookieEndpoint.Name))),
    };

    // No share trades in finer steps: further decimals are rounding errors of the adjustment and its reversal.
    private const int PriceDecimals = 6;
    private const string UnitedStates = "XNYS";
    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) => !interval.IsBuiltOfDays(instrument.AssetClass);

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        using var buffer = new CandleBuffer();
        var (fetch, now) = (client.ForOneFetch(instrument.Symbol.Value), time.GetUtcNow().UtcDateTime);
        var (asked, coveredFrom) = (AskedFor(interval), CoveredFrom(interval, from, now));
        if (coveredFrom >= to)
            return BarFetch.Result(buffer, fetch, instrument, interval, coveredFrom);

        var record = await instruments.ReadAsync(instrument, cancellationToken);
        var widened = BarFetch.Widen(coveredFrom, to, interval, now);
        var (told, flaws, facts, clock) = (new List<CorporateActions>(), new List<string>(), (InstrumentFacts?)null, ExchangeClock.Of(record.Zone));
        foreach (var period in BarFetch.Tickers(record, Name, Ticker(instrument), (coveredFrom, to), widened))
        {
            var (first, ask) = (buffer.Count, new Request(fetch, record, period.Ticker, asked));
            var page = await AskAsync(ask, (period.From, period.To), buffer, cancellationToken);
            clock = ClockOf(record, page);
            facts = Facts(page, clock);
            flaws.AddRange(page.Flaws);
            if (!HasActions(instrument))
                continue;
            var splits = await SplitsSinceAsync(ask, period.To, now, page, clock, cancellationToken);
            Unadjust(buffer.Candles[first..], Applied(splits), clock);
            told.Add(new CorporateActions(splits, Dividends(page, splits, clock), page.HasEvents));
        }

        BarFetch.Finish(buffer, instrument, asked, interval, (coveredFrom, to), now, clock);
        return BarFetch.Result(buffer, fetch, instrument, interval, coveredFrom) with { Actions = Joined(told), Facts = facts, Flaws = flaws };
    }

    /// <inheritdoc/>
    public FetchCost Estimate(Instrument instrument, BarInterval interval, DateTime from, DateTime to)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var coveredFrom = CoveredFrom(interval, from, now);
        // The splits after a range are asked for by themselves.
        return new FetchCost(coveredFrom, coveredFrom >= to ? 0 : HasActions(instrument) && to < now.AddDays(-1) ? 2 : 1);
    }

    /// <inheritdoc/>
    public int EstimateCorporateActions(Instrument instrument) => HasActions(instrument) ? 1 : 0;

    /// <inheritdoc/>
    public async Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        if (!HasActions(instrument))
            return CorporateActions.NotServed;
        using var buffer = new CandleBuffer();
        var record = await instruments.ReadAsync(instrument, cancellationToken);
        var (start, now) = (from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), time.GetUtcNow().UtcDateTime);
        var told = new List<CorporateActions>();
        foreach (var period in record.Tickers(Name, Ticker(instrument), start, now))
        {
            var ask = new Request(client.ForOneFetch(instrument.Symbol.Value), record, period.Ticker, BarInterval.OneDay);
            var page = await AskAsync(ask, (period.From, period.To), buffer, cancellationToken);
            var clock = ClockOf(record, page);
            var splits = Splits(page, clock).OrderBy(split => split.ExDate).ToList();
            told.Add(new CorporateActions(
                [.. splits.Where(split => split.ExDate <= to)],
                [.. Dividends(page, splits, clock).Where(paid => paid.ExDate <= to)],
                page.HasEvents)
            {
                Flaws = page.Flaws,
            });
        }

        return Joined(told) ?? CorporateActions.NotServed;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A suffix that no exchange here has counts as a share class, which Yahoo sets off by a dash: it is asked for as it was written, too, so that
    /// shares of other exchanges are found to be that.
    /// </remarks>
    public async Task<InstrumentFacts?> LookUpAsync(Instrument instrument, CancellationToken cancellationToken)
    {
        var (ticker, written) = (Ticker(instrument), instrument.Symbol.Value);
        try
        {
            return await LookUpAsync(instrument, ticker, cancellationToken);
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.UnknownSymbol && ticker != written)
        {
            return await LookUpAsync(instrument, written, cancellationToken);
        }
    }

    private async Task<InstrumentFacts> LookUpAsync(Instrument instrument, string ticker, CancellationToken cancellation)
    {
        using var buffer = new CandleBuffer();
        var (before, now) = (buffer.Mark(), time.GetUtcNow().UtcDateTime);
        var page = await GetAsync(
            client.ForOneFetch(instrument.Symbol.Value), Address(ticker, (now - LookedBack, now), "1d"), body => Read(body, "1d", buffer, before),
            cancellation);
        var facts = Facts(page, instrument.AssetClass == AssetClass.Crypto ? ExchangeClock.Utc : ExchangeClock.Of(page.Zone, page.GmtOffset));
        if (facts.Ticker is { } told && !told.Equals(ticker, StringComparison.OrdinalIgnoreCase))
        {
            throw new ProviderException(
                Name, ProviderErrorKind.UnknownSymbol, $"answered for {told} instead of {ticker}.", "Add the symbol that it answers for, if that is meant.");
        }

        return facts;
    }

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return session.AskAsync(
            client,
            Address("SPY", (now - LookedBack, now), "1d"),
            (address, cookie) => client.ProbeAsync(
                address,
                body =>
                {
                    using var unused = new CandleBuffer();
                    return Read(body, "1d", unused, unused.Mark());
                },
                cancellationToken,
                cookie),
            cancellationToken);
    }

    private Task<YahooPage> GetAsync(
        ProviderClient fetch, string address, ProviderClient.BodyReader<YahooPage> read, CancellationToken cancellation) => session.AskAsync(
        fetch, address, (asked, cookie) => fetch.GetAsync(asked, read, cancellation, cookie), cancellation);

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    // What never closes has days of UTC. The offset is that of today, and no substitute for a zone that is known.
    private static ExchangeClock ClockOf(InstrumentRecord record, YahooPage page) =>
        record.Instrument.AssetClass == AssetClass.Crypto ? ExchangeClock.Utc : ExchangeClock.Of(page.Zone ?? record.Zone, page.GmtOffset);

    private static bool HasActions(Instrument instrument) => instrument.AssetClass is AssetClass.Stock or AssetClass.Etf;

    private static CorporateActions? Joined(List<CorporateActions> told) => told.Count == 0 ? null : CorporateActions.Join(told);

    private static IEnumerable<StockSplit> Splits(YahooPage page, ExchangeClock clock) =>
        page.Splits.Select(split => new StockSplit(clock.DateOf(split.At), split.From, split.To));

    // Those that Yahoo can have adjusted its prices by.
    private static IEnumerable<StockSplit> Applied(IEnumerable<StockSplit> splits) => splits.Where(split => split is { From: > 0, To: > 0 });

    // As paid: they come adjusted for splits, as prices do.
    private static List<CashDividend> Dividends(YahooPage page, IReadOnlyList<StockSplit> splits, ExchangeClock clock)
    {
        var factors = AdjustmentFactors.Of(Applied(splits));
        return
        [
            .. page.Dividends
                .Select(paid => (Date: clock.DateOf(paid.At), paid.Amount, Currency: paid.Currency ?? page.Currency))
                .OrderBy(paid => paid.Date)
                .Select(paid => new CashDividend(paid.Date, Math.Round(paid.Amount * factors.On(paid.Date).Split, PriceDecimals), paid.Currency)),
        ];
    }

    private static BarInterval AskedFor(BarInterval interval) => interval switch
    {
        BarInterval.FourHours => BarInterval.OneHour,
        BarInterval.OneWeek => BarInterval.OneDay,
        _ => interval,
    };

    private static DateTime CoveredFrom(BarInterval interval, DateTime from, DateTime now)
    {
        var kept = now - Kept(AskedFor(interval)) + TimeSpan.FromMinutes(5);
        return from > kept ? from : kept;
    }

    private static TimeSpan Kept(BarInterval interval) => interval switch
    {
        BarInterval.OneHour => TimeSpan.FromDays(730),
        _ when interval.IsIntraday() => TimeSpan.FromDays(60),
        _ => TimeSpan.FromDays(73_000),
    };

    private async Task<YahooPage> AskAsync(
        Request ask, (DateTime From, DateTime To) range, CandleBuffer buffer, CancellationToken cancellation)
    {
        var name = ask.Interval switch
        {
            BarInterval.OneHour => "1h",
            BarInterval.OneDay => "1d",
            _ => ask.Interval.Name(),
        };
        var before = buffer.Mark();
        var page = await GetAsync(ask.Fetch, Address(ask.Ticker, range, name), body => Read(body, name, buffer, before), cancellation);
        BarFetch.Check(ask.Record, ask.Ticker, Facts(page, ClockOf(ask.Record, page)));
        return page;
    }

    private static string Address(string ticker, (DateTime From, DateTime To) range, string interval) => string.Create(
        CultureInfo.InvariantCulture,
        $"v8/finance/chart/{Uri.EscapeDataString(ticker)}?period1={Seconds(range.From)}&period2={Seconds(range.To)}&interval={interval}"
        + $"&includePrePost=false&events=div%7Csplit");

    private YahooPage Read(ReadOnlySpan<byte> body, string interval, CandleBuffer buffer, CandleBufferMark before)
    {
        buffer.RollBack(before);
        var page = YahooChart.Parse(body, buffer);
        if (page.ErrorCode is { } code)
        {
            var unknown = code.Contains("Not Found", StringComparison.OrdinalIgnoreCase);
            throw new ProviderException(
                Name,
                unknown ? ProviderErrorKind.UnknownSymbol : ProviderErrorKind.Refused,
                $"answered {code}: {page.ErrorDescription}",
                unknown
                    ? ProviderClient.UnknownAdvice
                    : "Look at the provider's answer; the request may need a change.");
        }

        if (!page.HasResult)
            throw new JsonException("chart.result has nothing in it, and chart.error says nothing either.");

        // Asked for too long a range, it answers with longer bars than asked for, without a word.
        if (page.Granularity is { } said && said != interval && !(said == "60m" && interval == "1h"))
        {
            throw new ProviderException(
                Name, ProviderErrorKind.Refused, $"answered with bars of {said} instead of {interval}.", "Ask for a shorter range.");
        }

        return page;
    }

    // Prices are adjusted for all splits until today, those after the range included.
    private async Task<IReadOnlyList<StockSplit>> SplitsSinceAsync(
        Request ask, DateTime end, DateTime now, YahooPage page, ExchangeClock clock, CancellationToken cancellation)
    {
        if (end >= now.AddDays(-1))
            return [.. Splits(page, clock)];
        using var unused = new CandleBuffer();
        var since = await AskAsync(ask with { Interval = BarInterval.OneDay }, (end, now), unused, cancellation);
        return [.. Splits(page, clock).Concat(Splits(since, clock)).DistinctBy(split => split.ExDate)];
    }

    private static void Unadjust(Span<Candle> candles, IEnumerable<StockSplit> splits, ExchangeClock clock)
    {
        var factors = AdjustmentFactors.Of(splits);
        if (factors.IsEmpty)
            return;
        foreach (ref var candle in candles)
        {
            var (split, _) = factors.On(clock.DateOf(candle.Timestamp));
            double Traded(double price) => split == 1 ? price : Math.Round(price, PriceDecimals);
            candle = candle with
            {
                Open = Traded(candle.Open * split),
                High = Traded(candle.High * split),
                Low = Traded(candle.Low * split),
                Close = Traded(candle.Close * split),
                Volume = split == 1 ? candle.Volume : Math.Round(candle.Volume / split),
            };
        }
    }

    private InstrumentFacts Facts(YahooPage page, ExchangeClock clock) => new()
    {
        Provider = Name,
        Ticker = page.Symbol,
        PriceUnit = page.Currency,
        Zone = page.Zone,
        Type = page.InstrumentType,
        ExchangeCode = page.ExchangeName,
        Name = page.LongName,
        FirstTraded = page.FirstTrade is { } first ? clock.DateOf(first) : null,
    };

    // A suffix names the exchange, in the way that symbols here do; without one a dot sets off a share class, which Yahoo sets off by a dash.
    private static string Ticker(Instrument instrument) =>
        instrument.AssetClass is AssetClass.Stock or AssetClass.Etf
        && Exchange.TryOf(instrument.Symbol, instrument.AssetClass, out var exchange) && exchange.Mic == UnitedStates
            ? instrument.Symbol.Value.Replace('.', '-')
            : instrument.Symbol.Value;

    private static long Seconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeSeconds();

    private sealed record Request(ProviderClient Fetch, InstrumentRecord Record, string Ticker, BarInterval Interval);
}
