using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>Polygon.io, called Massive since 2025: US equities and crypto, candles as traded, splits and dividends.</summary>
public sealed class PolygonProvider(
    ProviderClient client, InstrumentStore instruments, IOptions<PolygonOptions> options, TimeProvider time) : IMarketDataProvider
{
    internal const string ProviderName = "polygon";

    /// <summary>What registers it.</summary>
    public static ProviderRegistration Registration { get; } = new()
    {
        Name = ProviderName,
        PublicAddress = new("https://api.polygon.io/"),
        RequiredSettings = [nameof(ProviderOptions.ApiKey)],
        KeyPage = new("https://massive.com/pricing"),
        AddSettings = static (services, section) => services.AddSettings<PolygonOptions>(section),
        Defaults = static (options, section) =>
        {
            // One at a time: no minute has more than five, and nothing is refused.
            if (Enum.TryParse<PolygonPlan>(section[nameof(PolygonOptions.Plan)], ignoreCase: true, out var plan) && plan == PolygonPlan.Free)
                (options.Resilience.RequestsPerMinute, options.Resilience.Burst) = (5, 1);
        },
        Judge = TooOften,
        Authorize = static (headers, options) => headers.Authorization = new("Bearer", options.ApiKey),
        Create = static (services, client) => ActivatorUtilities.CreateInstance<PolygonProvider>(services, client),
    };

    // The most that one page holds, counted in the minutes or days that bars are made of: the default of 5,000 leaves holes.
    private const int PageLimit = 50_000;
    private const int MostPages = 1000;

    // From four in the morning to eight in the evening: what is traded before and after the session counts.
    private const int MinutesOfDay = 960;
    private const string UnitedStates = "XNYS";
    private static readonly TimeSpan PlanProbe = TimeSpan.FromDays(7);

    private readonly PlanLimits _plan = new(options.Value.Plan, time);

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) =>
        instrument.AssetClass is AssetClass.Stock or AssetClass.Etf or AssetClass.Crypto
        && instrument.Symbol.Value.IndexOfAny(['^', '=']) < 0
        && Exchange.TryOf(instrument.Symbol, instrument.AssetClass, out var exchange)
        && exchange.Mic is UnitedStates or Exchange.AroundTheClock
        && !interval.IsBuiltOfDays(instrument.AssetClass);

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        if (_plan.Refusal(instrument, interval, from) is { } refusal)
            throw refusal;
        using var buffer = new CandleBuffer();
        var (fetch, now) = (client.ForOneFetch(instrument.Symbol.Value), time.GetUtcNow().UtcDateTime);
        var record = await instruments.ReadAsync(instrument, cancellationToken);
        try
        {
            await ReadRangeAsync(fetch, buffer, record, instrument, interval, (from, to), cancellationToken);
        }
        // Of the day that is not over yet other days say nothing.
        catch (ProviderException e) when (
            e.Kind == ProviderErrorKind.PlanLimit && !e.Message.Contains("today", StringComparison.OrdinalIgnoreCase))
        {
            throw await _plan.LearnAsync(
                instrument, interval, (from, to), e, start => IsServedAsync(record, instrument, interval, start, cancellationToken));
        }

        _plan.NoteServed(instrument, interval);
        var clock = instrument.AssetClass == AssetClass.Crypto ? ExchangeClock.Utc : ExchangeClock.Of(record.Zone);
        BarFetch.Finish(buffer, instrument, AskedFor(instrument.AssetClass, interval), interval, (from, to), now, clock);
        return BarFetch.Result(buffer, fetch, instrument, interval, from) with { Facts = new InstrumentFacts { Provider = Name } };
    }

    /// <inheritdoc/>
    public FetchCost Estimate(Instrument instrument, BarInterval interval, DateTime from, DateTime to)
    {
        var served = _plan.Refusal(instrument, interval, from)?.ServedFrom ?? from;
        if (served >= to)
            return new FetchCost(served, 0);
        var asked = AskedFor(instrument.AssetClass, interval);
        var bars = !asked.IsIntraday() ? (to - served).TotalDays
            : instrument.AssetClass == AssetClass.Crypto ? (to - served).TotalMinutes
            : TradingCalendar.For(instrument).CountExpected(served, to, BarInterval.OneDay) * MinutesOfDay;
        return new FetchCost(served, FetchCost.Pages(bars, PageLimit));
    }

    /// <inheritdoc/>
    public int EstimateCorporateActions(Instrument instrument) => instrument.AssetClass == AssetClass.Crypto ? 0 : 2;

    /// <inheritdoc/>
    public int EstimateTickers(Instrument instrument) => instrument.AssetClass == AssetClass.Crypto ? 0 : 1;

    /// <inheritdoc/>
    public async Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        if (instrument.AssetClass == AssetClass.Crypto)
            return CorporateActions.NotServed;
        var record = await instruments.ReadAsync(instrument, cancellationToken);
        var (splits, dividends) = (new List<StockSplit>(), new List<CashDividend>());
        try
        {
            var flaws = new List<string>();
            foreach (var period in record.Tickers(Name, Ticker(instrument), Midnight(from), Midnight(to.AddDays(1))))
            {
                splits.AddRange(await SplitsAsync(instrument, period, flaws, cancellationToken));
                dividends.AddRange(await DividendsAsync(instrument, period, flaws, cancellationToken));
            }

            return new CorporateActions(splits, dividends) { Flaws = flaws };
        }
        catch (ProviderException e) when (IsNotServed(e))
        {
            return CorporateActions.NotServed;
        }
    }

    // Paid plans have no limit, so who is told so most likely has the free one.
    private static AnswerVerdict? TooOften(HttpResponseMessage response, ReadOnlyMemory<byte> body) =>
        response.StatusCode == HttpStatusCode.TooManyRequests
            ? new AnswerVerdict(
                ProviderErrorKind.RateLimited, "says that it was asked too often",
                "Wait: it is asked again by itself when it allows. If the key is of the free plan, set Providers:Polygon:Plan to Free: 5 requests a minute.")
            : null;

    private async Task<bool> IsServedAsync(
        InstrumentRecord record, Instrument instrument, BarInterval interval, DateTime from, CancellationToken cancellation)
    {
        using var unused = new CandleBuffer();
        try
        {
            var fetch = client.ForOneFetch(instrument.Symbol.Value);
            await ReadRangeAsync(fetch, unused, record, instrument, interval, (from, from + PlanProbe), cancellation);
            return true;
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.PlanLimit)
        {
            return false;
        }
    }

    private async Task ReadRangeAsync(
        ProviderClient fetch, CandleBuffer buffer, InstrumentRecord record, Instrument instrument, BarInterval interval,
        (DateTime From, DateTime To) range, CancellationToken cancellation)
    {
        var asked = AskedFor(instrument.AssetClass, interval);
        var widened = BarFetch.Widen(range.From, range.To, interval, time.GetUtcNow().UtcDateTime);
        foreach (var (ticker, start, end) in BarFetch.Tickers(record, Name, Ticker(instrument), range, widened))
        {
            var address = Address(ticker, asked, (start, end < widened.To ? end.AddTicks(-1) : end));
            await ReadAsync(fetch, buffer, address, page => BarFetch.Check(record, ticker, Facts(page)), cancellation);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TickerAlias>> FetchTickersAsync(Instrument instrument, CancellationToken cancellationToken)
    {
        if (instrument.AssetClass == AssetClass.Crypto)
            return [];
        try
        {
            var events = await client.ForOneFetch(instrument.Symbol.Value).GetAsync(
                $"vX/reference/tickers/{Uri.EscapeDataString(Ticker(instrument))}/events?types=ticker_change",
                static body => JsonSerializer.Deserialize<PolygonTickerEvents>(body),
                cancellationToken);
            return events?.ToAliases() ?? throw Unreadable("its list of ticker events is null.");
        }
        catch (ProviderException e) when (IsNotServed(e))
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<InstrumentFacts?> LookUpAsync(Instrument instrument, CancellationToken cancellationToken)
    {
        var details = await client.ForOneFetch(instrument.Symbol.Value).GetAsync(
            $"v3/reference/tickers/{Uri.EscapeDataString(Ticker(instrument))}",
            static body => JsonSerializer.Deserialize<PolygonTicker>(body),
            cancellationToken);
        return details?.ToFacts() ?? throw Unreadable("it tells nothing of the ticker.");
    }

    /// <inheritdoc/>
    public string? Plan { get; private set; }

    /// <inheritdoc/>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        // Days that every plan serves: the last one's bar may be another plan's.
        var today = time.GetUtcNow().UtcDateTime.Date;
        await ProbeAsync(today.AddDays(-14), cancellationToken);
        try
        {
            await ProbeAsync(today.AddYears(-3), cancellationToken);
            Plan = "Its plan reaches back three years or more.";
        }
        catch (ProviderException e)
        {
            Plan = e.Kind == ProviderErrorKind.PlanLimit
                ? "Its plan reaches back less than three years, as the free one does: that allows 5 requests a minute and two years."
                : null;
        }
    }

    private Task<PolygonPage> ProbeAsync(DateTime from, CancellationToken cancellation) => client.ProbeAsync(
        Address("SPY", BarInterval.OneDay, (from, from + PlanProbe)),
        body =>
        {
            using var unused = new CandleBuffer();
            return Read(body, unused, unused.Mark());
        },
        cancellation);

    // The rest may be in another plan than the candles.
    private static bool IsNotServed(ProviderException e) =>
        e.Kind is ProviderErrorKind.UnknownSymbol or ProviderErrorKind.Refused or ProviderErrorKind.BadKey or ProviderErrorKind.PlanLimit;

    private async Task<IEnumerable<StockSplit>> SplitsAsync(
        Instrument instrument, TickerPeriod period, List<string> flaws, CancellationToken cancellation)
    {
        var (splits, odd) = await ReadAllAsync<Split>(
            instrument, $"v3/reference/splits?ticker={Uri.EscapeDataString(period.Ticker)}&limit=1000&order=asc&sort=execution_date", cancellation);
        flaws.AddRange(odd);
        return splits.Where(split => Within(period, split.ExecutionDate))
            .Select(split => new StockSplit(split.ExecutionDate, split.SplitFrom, split.SplitTo));
    }

    private async Task<IEnumerable<CashDividend>> DividendsAsync(
        Instrument instrument, TickerPeriod period, List<string> flaws, CancellationToken cancellation)
    {
        var (dividends, odd) = await ReadAllAsync<Dividend>(
            instrument, $"v3/reference/dividends?ticker={Uri.EscapeDataString(period.Ticker)}&limit=1000&order=asc&sort=ex_dividend_date", cancellation);
        flaws.AddRange(odd);
        return dividends.Where(dividend => Within(period, dividend.ExDividendDate))
            .Select(dividend => new CashDividend(
                dividend.ExDividendDate, dividend.CashAmount, dividend.Currency, dividend.RecordDate, dividend.PayDate));
    }

    private static bool Within(TickerPeriod period, DateOnly date) => Midnight(date) >= period.From && Midnight(date) < period.To;

    private static DateTime Midnight(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    private InstrumentFacts Facts(PolygonPage page) => new() { Provider = Name, Ticker = page.Ticker };

    private async Task ReadAsync(
        ProviderClient fetch, CandleBuffer buffer, string? address, Action<PolygonPage> check, CancellationToken cancellation)
    {
        for (var page = 0; address is not null; page++)
        {
            if (page == MostPages)
                throw Unreadable($"its pages do not end: {MostPages} were read.");
            var before = buffer.Mark();
            var read = await fetch.GetAsync(address, body => Read(body, buffer, before), cancellation);
            check(read);
            address = read.NextUrl is null ? null : NextAddress(read.NextUrl, address);
        }
    }

    // Equities' hours are those of the clock there, not of the session, and crypto weeks begin on Sundays: both are built from shorter bars.
    private static BarInterval AskedFor(AssetClass assetClass, BarInterval interval) => (assetClass, interval) switch
    {
        (not AssetClass.Crypto, BarInterval.OneHour or BarInterval.FourHours) => BarInterval.ThirtyMinutes,
        (_, BarInterval.OneWeek) => BarInterval.OneDay,
        _ => interval,
    };

    private static string Address(string ticker, BarInterval interval, (DateTime From, DateTime To) range)
    {
        var (multiplier, span) = interval switch
        {
            BarInterval.OneHour => (1, "hour"),
            BarInterval.FourHours => (4, "hour"),
            BarInterval.OneDay => (1, "day"),
            _ => ((int)interval.Length().TotalMinutes, "minute"),
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"v2/aggs/ticker/{Uri.EscapeDataString(ticker)}/range/{multiplier}/{span}/{Moment(range.From)}/{Moment(range.To)}?adjusted=false&sort=asc&limit={PageLimit}");

        string Moment(DateTime instant) => interval.IsIntraday()
            ? new DateTimeOffset(instant).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
            : instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static string Ticker(Instrument instrument) =>
        instrument.AssetClass == AssetClass.Crypto
            ? "X:" + instrument.Symbol.Value.Replace("-", "", StringComparison.Ordinal)
            : instrument.Symbol.Value;

    private PolygonPage Read(ReadOnlySpan<byte> body, CandleBuffer buffer, CandleBufferMark before)
    {
        buffer.RollBack(before);
        var page = PolygonAggregates.Parse(body, buffer);
        return page.Status is null or "OK" or "DELAYED"
            ? page
            : throw Refusal(page.Status, page.Error);
    }

    private ProviderException Refusal(string status, string? said)
    {
        var (kind, advice) = status != "NOT_AUTHORIZED"
            ? (ProviderErrorKind.Transient, "Wait: the symbol is tried again by itself.")
            : RefusalText.SpeaksOfPlan(said)
                ? (ProviderErrorKind.PlanLimit, ProviderClient.PlanAdvice)
                : (ProviderErrorKind.BadKey, "Set Providers:Polygon:ApiKey to a valid key.");
        return new ProviderException(Name, kind, $"answered with status {status}: {said}", advice);
    }

    // The key goes wherever the page is asked for: to no other server than the one that was set.
    private string NextAddress(string nextUrl, string address)
    {
        if (!Uri.TryCreate(nextUrl, UriKind.Absolute, out var next) || next.PathAndQuery.IndexOf("/v2/aggs/", StringComparison.Ordinal) is not (>= 0 and var start))
            throw Unreadable("the address of its next page is none.");
        var relative = next.PathAndQuery[(start + 1)..];
        return relative != address ? relative : throw Unreadable("its next page is the same page.");
    }

    // What of a list can't be read costs no other part of it.
    private async Task<(List<T> Rows, List<string> Flaws)> ReadAllAsync<T>(
        Instrument instrument, string address, CancellationToken cancellation)
    {
        var (rows, flaws) = (new List<T>(), new List<string>());
        for (var page = 0; page < MostPages; page++)
        {
            var list = await client.ForOneFetch(instrument.Symbol.Value).GetAsync(
                address, static body => JsonSerializer.Deserialize<Listing>(body), cancellation)
                ?? throw Unreadable("its list is null.");
            foreach (var (element, i) in (list.Results ?? []).Select((element, i) => (element, i)))
            {
                try
                {
                    rows.Add(element.Deserialize<T>() ?? throw new JsonException("It is null."));
                }
                catch (JsonException e)
                {
                    flaws.Add($"results[{i}]{e.Path?.TrimStart('$')}: {element.GetRawText()}");
                }
            }

            if (list.NextUrl is null || !Uri.TryCreate(list.NextUrl, UriKind.Absolute, out var next)
                || next.PathAndQuery.IndexOf("/v3/", StringComparison.Ordinal) is not (>= 0 and var start))
                break;
            address = next.PathAndQuery[(start + 1)..];
        }

        return (rows, flaws);
    }

    private ProviderException Unreadable(string what) => new(
        Name, ProviderErrorKind.BadAnswer, $"answered something unreadable: {what}", "Wait: the symbol is tried again by itself.");

    private sealed record Listing(
        [property: JsonPropertyName("results")] IReadOnlyList<JsonElement>? Results,
        [property: JsonPropertyName("next_url")] string? NextUrl);

    private sealed record Split(
        [property: JsonPropertyName("execution_date")] DateOnly ExecutionDate,
        [property: JsonPropertyName("split_from")] double SplitFrom,
        [property: JsonPropertyName("split_to")] double SplitTo);

    private sealed record Dividend(
        [property: JsonPropertyName("ex_dividend_date")] DateOnly ExDividendDate,
        [property: JsonPropertyName("cash_amount")] double CashAmount,
        [property: JsonPropertyName("currency")] string? Currency,
        [property: JsonPropertyName("record_date")] DateOnly? RecordDate,
        [property: JsonPropertyName("pay_date")] DateOnly? PayDate);
}
