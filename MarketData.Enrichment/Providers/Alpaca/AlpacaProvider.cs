using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>
/// Alpaca: shares and funds of the United States since 2016, candles as traded, splits and dividends, for many symbols in one request.
/// </summary>
/// <remarks>
/// A name is asked for as of the last day on which it is the instrument's (<c>asof</c>): Alpaca then gives the bars of the company that had it on
/// that day, those from before under the names that the company had then. Without that mapping (<c>asof=-</c>) bars would be of whoever had the name
/// on each day: META before June 2022 is a fund, and nothing says so.
/// </remarks>
public sealed partial class AlpacaProvider(
    ProviderClient client, InstrumentStore instruments, TimeProvider time, IOptions<AlpacaOptions> options) : IBatchProvider
{
    /// <summary>What its prices are in.</summary>
    internal const string Currency = "USD";

    private const string ProviderName = "alpaca";
    private const string UnitedStates = "XNYS";
    private const int ActionsPage = 1000;
    private const int MostPages = 1000;
    private const int MostInvalid = 5;
    private const int MostNames = 10;

    // Dividends are listed by the day on which they are paid, up to months after the ex-date.
    private const int PaidWithinDays = 370;

    private static readonly DateTime HistoryBegins = new(2016, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Fifteen minutes, and one for clocks that differ: what is newer is refused.
    private static readonly TimeSpan SipDelay = TimeSpan.FromMinutes(16);

    /// <summary>What registers it.</summary>
    public static ProviderRegistration Registration { get; } = new()
    {
        Name = ProviderName,
        PublicAddress = new("https://data.alpaca.markets/"),
        RequiredSettings = [nameof(ProviderOptions.ApiKey), nameof(ProviderOptions.ApiSecret)],
        KeyPage = new("https://app.alpaca.markets/signup"),
        // The free plan allows two hundred in any minute: so many may come at once, and so many more each minute.
        Defaults = static (options, _) => (options.Resilience.RequestsPerMinute, options.Resilience.Burst) = (180, 20),
        Authorize = static (headers, options) =>
        {
            headers.Add("APCA-API-KEY-ID", options.ApiKey);
            headers.Add("APCA-API-SECRET-KEY", options.ApiSecret);
        },
        AddSettings = static (services, section) => services.AddSettings<AlpacaOptions>(section),
        Restraint = AlpacaRateLimit.Restraint,
        Create = static (services, client) => ActivatorUtilities.CreateInstance<AlpacaProvider>(services, client),
    };

    // From four in the morning to eight in the evening.
    private static readonly TimeSpan HoursOfDay = TimeSpan.FromHours(16);

    // Whoever was not traded for so long is taken to be delisted.
    private static readonly TimeSpan Silence = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public int MostSymbols => 200;

    /// <inheritdoc/>
    public int MostBars => 10_000;

    // What is newer than the feed serves counts as not there yet.
    private DateTime Now => time.GetUtcNow().UtcDateTime - (options.Value.Feed == AlpacaFeed.Sip ? SipDelay : TimeSpan.Zero);

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) =>
        instrument.AssetClass is AssetClass.Stock or AssetClass.Etf
        && instrument.Symbol.Value.IndexOfAny(['^', '=']) < 0
        && Exchange.TryOf(instrument.Symbol, instrument.AssetClass, out var exchange)
        && exchange.Mic == UnitedStates
        && !interval.IsBuiltOfDays(instrument.AssetClass);

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        RefuseBeforeHistory(from);
        using var buffer = new CandleBuffer();
        var (fetch, now) = (client.ForOneFetch(instrument.Symbol.Value), Now);
        var record = await instruments.ReadAsync(instrument, cancellationToken);
        foreach (var name in Names(record, (from, to), BarFetch.Widen(from, to, interval, now), now))
        {
            var bars = new Dictionary<string, CandleBuffer> { [name.Ticker] = buffer };
            var address = Address([name.Ticker], interval, (name.From, name.To), name.AsOf);
            var told = await ReadAsync(fetch, bars, address, isBatch: false, cancellationToken);
            BarFetch.Check(record, name.Ticker, Facts(told.Others.Count > 0 ? told.Others[0] : null, told.Currency));
        }

        return Finish(fetch, record, buffer, interval, (from, to), now);
    }

    /// <inheritdoc/>
    public FetchCost Estimate(Instrument instrument, BarInterval interval, DateTime from, DateTime to)
    {
        var served = from > HistoryBegins ? from : HistoryBegins;
        if (served >= to)
            return new FetchCost(served, 0);
        var (asked, days) = (AskedFor(interval), TradingCalendar.For(instrument).CountExpected(served, to, BarInterval.OneDay));
        return new FetchCost(served, FetchCost.Pages(asked.IsIntraday() ? days * (HoursOfDay / asked.Length()) : days, MostBars));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<Symbol, FetchResult>> FetchBatchAsync(
        IReadOnlyList<Instrument> instruments, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        RefuseBeforeHistory(from);
        var (fetch, now) = (client.ForOneFetch(), Now);
        var widened = BarFetch.Widen(from, to, interval, now);
        var parts = new Dictionary<string, (InstrumentRecord Record, CandleBuffer Buffer)>();
        try
        {
            var presentDay = Exchange.Of(instruments[0]).DateAt(now);
            foreach (var record in await RecordsAsync(instruments, cancellationToken))
            {
                // One name over the whole range, and the one that it has today: what Alpaca is asked for is the same for all then.
                if (Names(record, (from, to), widened, now).ToList() is [var name]
                    && (name.From, name.To, name.AsOf) == (widened.From, widened.To, presentDay))
                    parts[name.Ticker] = (record, new CandleBuffer(capacity: 16));
            }

            var buffers = parts.ToDictionary(part => part.Key, part => part.Value.Buffer);
            var told = await AskValidAsync(
                [.. parts.Keys],
                async valid => await ReadAsync(fetch, buffers, Address(valid, interval, widened, presentDay), isBatch: true, cancellationToken));
            return Shared(
                fetch,
                [
                    .. parts.Where(part => told is { } answer && IsAnswered(answer.Valid, answer.Told, part.Key, part.Value))
                        .Select(part => Finish(fetch, part.Value.Record, part.Value.Buffer, interval, (from, to), now)),
                ]);
        }
        finally
        {
            foreach (var (_, buffer) in parts.Values)
                buffer.Dispose();
        }
    }

    /// <inheritdoc/>
    public int EstimateCorporateActions(Instrument instrument) => 1;

    /// <inheritdoc/>
    public async Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var record = await instruments.ReadAsync(instrument, cancellationToken);
        var names = NamesOf(record, from, to);
        var (asked, told) = (new Queue<TickerPeriod>(names), new List<CorporateActions>());
        try
        {
            for (var i = 0; i < MostNames && asked.TryDequeue(out var name); i++)
            {
                var (first, last) = (DateOnly.FromDateTime(name.From), DateOnly.FromDateTime(name.To).AddDays(-1));
                var actions = await ReadActionsAsync(client.ForOneFetch(instrument.Symbol.Value), [name.Ticker], first, last, cancellationToken);
                // What it was called before comes with its actions; names on record are not doubted.
                if (names.Count == 1 && actions.ChangeTo(name.Ticker, last) is { } change && change.Since > first)
                {
                    asked.Enqueue(new TickerPeriod(change.Before, name.From, Midnight(change.Since)));
                    first = change.Since;
                }

                told.Add(actions.Of(name.Ticker, first, last));
            }

            return CorporateActions.Join(told);
        }
        catch (ProviderException e) when (IsNotServed(e))
        {
            return CorporateActions.NotServed;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<Symbol, CorporateActions>> FetchBatchCorporateActionsAsync(
        IReadOnlyList<Instrument> instruments, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        var named = (await RecordsAsync(instruments, cancellationToken))
            .Select(record => (record.Instrument.Symbol, Names: NamesOf(record, from, to)))
            .Where(one => one.Names.Count == 1)
            .ToDictionary(one => one.Names[0].Ticker, one => one.Symbol);
        var told = await AskValidAsync(
            [.. named.Keys], valid => ReadActionsAsync(client.ForOneFetch(), valid, from, to, cancellationToken));
        return told is not { } answer
            ? new Dictionary<Symbol, CorporateActions>()
            : answer.Valid
                .Where(ticker => !(answer.Told.ChangeTo(ticker, to)?.Since > from))
                .ToDictionary(ticker => named[ticker], ticker => answer.Told.Of(ticker, from, to));
    }

    /// <inheritdoc/>
    public async Task<InstrumentFacts?> LookUpAsync(Instrument instrument, CancellationToken cancellationToken)
    {
        using var buffer = new CandleBuffer();
        var (ticker, now) = (instrument.Symbol.Value, Now);
        var address = Address([ticker], BarInterval.OneDay, (HistoryBegins, now), Exchange.Of(instrument).DateAt(now), most: 1, order: "desc");
        var told = await client.ForOneFetch(ticker).GetAsync(
            address, body => AlpacaBars.Parse(body, new Dictionary<string, CandleBuffer> { [ticker] = buffer }), cancellationToken);
        if (buffer.Count == 0)
            throw new ProviderException(Name, ProviderErrorKind.UnknownSymbol, $"has no bar of {ticker}.", ProviderClient.UnknownAdvice);
        var last = buffer.Candles[0].Timestamp;
        return Facts(ticker, told.Currency) with { LastTraded = now - last > Silence ? DateOnly.FromDateTime(last) : null };
    }

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        return client.ProbeAsync(
            Address(["SPY"], BarInterval.OneDay, (now.AddDays(-14), now), DateOnly.FromDateTime(now), most: 1),
            static body =>
            {
                using var unused = new CandleBuffer();
                return AlpacaBars.Parse(body, new Dictionary<string, CandleBuffer> { ["SPY"] = unused });
            },
            cancellationToken);
    }

    private static void RefuseBeforeHistory(DateTime from)
    {
        if (from < HistoryBegins)
        {
            throw new ProviderException(
                ProviderName, ProviderErrorKind.PlanLimit, $"has no bars from before {HistoryBegins:yyyy-MM-dd}.", ProviderClient.PlanAdvice)
            { ServedFrom = HistoryBegins };
        }
    }

    // The names of a range, each with its part of it and the last day on which it is the instrument's.
    private IEnumerable<(string Ticker, DateTime From, DateTime To, DateOnly AsOf)> Names(
        InstrumentRecord record, (DateTime From, DateTime To) range, (DateTime From, DateTime To) widened, DateTime now)
    {
        if (widened.From >= widened.To)
            yield break;
        var today = Exchange.Of(record.Instrument).DateAt(now);
        var present = record.LastTraded < today ? record.LastTraded.Value : today;
        foreach (var period in record.Tickers(Name, record.Instrument.Symbol.Value, widened.From, now))
        {
            if (period.To <= range.From || period.From >= range.To || period.From >= widened.To)
                continue;
            var asOf = period.To < now ? DateOnly.FromDateTime(period.To.AddTicks(-1)) : present;
            yield return (period.Ticker, period.From, period.To < widened.To ? period.To : widened.To, asOf);
        }
    }

    private IReadOnlyList<TickerPeriod> NamesOf(InstrumentRecord record, DateOnly from, DateOnly to) =>
        record.Tickers(Name, record.Instrument.Symbol.Value, Midnight(from), Midnight(to.AddDays(1)));

    private async Task<List<InstrumentRecord>> RecordsAsync(IReadOnlyList<Instrument> asked, CancellationToken cancellation)
    {
        var records = new List<InstrumentRecord>();
        foreach (var instrument in asked)
            records.Add(await instruments.ReadAsync(instrument, cancellation));
        return records;
    }

    // Of a batch with a symbol that Alpaca takes for none nothing is answered: the others are asked for again without it.
    private static async Task<(IReadOnlyCollection<string> Valid, T Told)?> AskValidAsync<T>(
        List<string> tickers, Func<IReadOnlyCollection<string>, Task<T>> ask)
    {
        for (var invalid = 0; tickers.Count > 0 && invalid <= MostInvalid; invalid++)
        {
            try
            {
                return (tickers, await ask(tickers));
            }
            catch (ProviderException e) when (e.Kind == ProviderErrorKind.UnknownSymbol)
            {
                if (InvalidIn(e) is not { } bad || !tickers.Remove(bad))
                    return null;
            }
        }

        return null;
    }

    // Whoever there is a doubt about is asked for alone, and fails alone then.
    private bool IsAnswered(IReadOnlyCollection<string> valid, AlpacaPage told, string ticker, (InstrumentRecord Record, CandleBuffer Buffer) part) =>
        valid.Contains(ticker)
        && !told.Unreadable.ContainsKey(ticker)
        && (told.Others.Count == 0 || part.Buffer.Count > 0)
        && IdentityCheck.Differences(part.Record, ticker, Facts(ticker, told.Currency)).Count == 0;

    private FetchResult Finish(
        ProviderClient fetch, InstrumentRecord record, CandleBuffer buffer, BarInterval interval, (DateTime From, DateTime To) range, DateTime now)
    {
        BarFetch.Finish(buffer, record.Instrument, AskedFor(interval), interval, range, now, ExchangeClock.Of(record.Zone));
        return BarFetch.Result(buffer, fetch, record.Instrument, interval, range.From) with { Facts = Facts(null, Currency) };
    }

    // What a batch took is shared out, so that the sums over all symbols are true; the time goes with the requests, so that a request's is too.
    private static Dictionary<Symbol, FetchResult> Shared(ProviderClient fetch, List<FetchResult> results) => results
        .Select((result, i) => (Result: result, Requests: (fetch.Requests / results.Count) + (i < fetch.Requests % results.Count ? 1 : 0)))
        .Select(share => share.Result with
        {
            Requests = share.Requests,
            ResponseTime = fetch.Requests == 0 ? TimeSpan.Zero : fetch.ResponseTime * share.Requests / fetch.Requests,
        })
        .ToDictionary(result => result.Instrument.Symbol);

    private async Task<AlpacaPage> ReadAsync(
        ProviderClient fetch, IReadOnlyDictionary<string, CandleBuffer> buffers, string address, bool isBatch, CancellationToken cancellation)
    {
        var (others, unreadable) = (new List<string>(), new Dictionary<string, string>());
        string? currency = null;
        await ReadPagesAsync(
            address,
            async page =>
            {
                var before = buffers.ToDictionary(one => one.Key, one => one.Value.Mark());
                var read = await fetch.GetAsync(page, body => Read(body, buffers, before, isBatch), cancellation);
                others.AddRange(read.Others);
                foreach (var (symbol, flaw) in read.Unreadable)
                    unreadable[symbol] = flaw;
                currency ??= read.Currency;
                return read.NextPageToken;
            });
        return new AlpacaPage(currency, null, others, unreadable);
    }

    private static AlpacaPage Read(
        ReadOnlySpan<byte> body, IReadOnlyDictionary<string, CandleBuffer> buffers, Dictionary<string, CandleBufferMark> before, bool isBatch)
    {
        foreach (var (symbol, mark) in before)
            buffers[symbol].RollBack(mark);
        var page = AlpacaBars.Parse(body, buffers);
        return isBatch || page.Unreadable.Count == 0 ? page : throw new JsonException(page.Unreadable.Values.First());
    }

    private async Task<AlpacaActions> ReadActionsAsync(
        ProviderClient fetch, IReadOnlyCollection<string> tickers, DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        var actions = new AlpacaActions();
        await ReadPagesAsync(
            $"v1/corporate-actions?symbols={List(tickers)}&types=forward_split,reverse_split,stock_dividend,cash_dividend,name_change"
            + $"&start={from:yyyy-MM-dd}&end={to.AddDays(PaidWithinDays):yyyy-MM-dd}&limit={ActionsPage}&sort=asc",
            async page => actions.Add(await fetch.GetAsync(page, AlpacaActions.Parse, cancellation)));
        return actions;
    }

    private async Task ReadPagesAsync(string address, Func<string, Task<string?>> read)
    {
        string? token = null;
        for (var page = 0; page < MostPages; page++)
        {
            var next = await ReadPageAsync(token is null ? address : $"{address}&page_token={Uri.EscapeDataString(token)}", read);
            if (next is null)
                return;
            token = next != token ? next : throw Unreadable("its next page is the same page.");
        }

        throw Unreadable($"its pages do not end: {MostPages} were read.");
    }

    private async Task<string?> ReadPageAsync(string address, Func<string, Task<string?>> read)
    {
        try
        {
            return await read(address);
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.Refused && InvalidIn(e) is not null)
        {
            throw new ProviderException(Name, ProviderErrorKind.UnknownSymbol, e.Message, ProviderClient.UnknownAdvice, e)
            {
                Symbol = e.Symbol,
                StatusCode = e.StatusCode,
            };
        }
    }

    private static string? InvalidIn(ProviderException refusal) =>
        InvalidSymbol().Match(refusal.Message) is { Success: true } match ? match.Groups[1].Value : null;

    // Its hours are those of the clock, not of the session: they are built of shorter bars.
    private static BarInterval AskedFor(BarInterval interval) =>
        interval is BarInterval.OneHour or BarInterval.FourHours ? BarInterval.ThirtyMinutes : interval;

    private string Address(
        IReadOnlyCollection<string> tickers, BarInterval interval, (DateTime From, DateTime To) range, DateOnly asOf, int? most = null,
        string order = "asc")
    {
        var asked = AskedFor(interval);
        var timeframe = asked == BarInterval.OneDay ? "1Day" : $"{(int)asked.Length().TotalMinutes}Min";
        // Its ends are inclusive.
        return string.Create(
            CultureInfo.InvariantCulture,
            $"v2/stocks/bars?symbols={List(tickers)}&timeframe={timeframe}&start={Moment(range.From)}&end={Moment(range.To.AddTicks(-1))}"
            + $"&limit={most ?? MostBars}&adjustment=raw&feed={Feed}&asof={asOf:yyyy-MM-dd}&sort={order}");
    }

    private string Feed => options.Value.Feed == AlpacaFeed.Sip ? "sip" : "iex";

    private static string List(IEnumerable<string> tickers) => string.Join(',', tickers.Select(Uri.EscapeDataString));

    private static string Moment(DateTime instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTime Midnight(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private InstrumentFacts Facts(string? ticker, string? currency) => new() { Provider = Name, Ticker = ticker, PriceUnit = currency };

    // The rest may be in another plan than the candles.
    private static bool IsNotServed(ProviderException e) =>
        e.Kind is ProviderErrorKind.UnknownSymbol or ProviderErrorKind.Refused or ProviderErrorKind.BadKey or ProviderErrorKind.PlanLimit;

    private ProviderException Unreadable(string what) => new(
        Name, ProviderErrorKind.BadAnswer, $"answered something unreadable: {what}", "Wait: the symbol is tried again by itself.");

    [GeneratedRegex(@"invalid symbol:? ([^\s)""',;]+)", RegexOptions.IgnoreCase)]
    private static partial Regex InvalidSymbol();
}
