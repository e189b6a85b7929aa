using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>Polygon.io: US equities and crypto, candles as traded, splits and dividends.</summary>
public sealed class PolygonProvider(ProviderClient client, TimeProvider time) : IMarketDataProvider
{
    /// <summary>Where it answers unless told otherwise.</summary>
    public static readonly Uri PublicAddress = new("https://api.polygon.io/");

    // The most that one page holds, counted in the minutes or days that bars are made of: the default of 5,000 leaves holes.
    private const int PageLimit = 50_000;
    private const int MostPages = 1000;
    private static readonly TimeSpan PlanProbe = TimeSpan.FromDays(7);

    private readonly PlanLimits _plan = new(time);

    /// <inheritdoc/>
    public string Name => ProviderNames.Polygon;

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) => instrument.Symbol.Value.IndexOfAny(['^', '=']) < 0;

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        if (_plan.Refusal(instrument, interval, from) is { } refusal)
            throw refusal;
        using var buffer = new CandleBuffer();
        var (fetch, now) = (client.ForOneFetch(instrument.Symbol.Value), time.GetUtcNow().UtcDateTime);
        try
        {
            await ReadRangeAsync(fetch, buffer, instrument, interval, (from, to), cancellationToken);
        }
        // Of the day that is not over yet other days say nothing.
        catch (ProviderException e) when (
            e.Kind == ProviderErrorKind.PlanLimit && !e.Message.Contains("today", StringComparison.OrdinalIgnoreCase))
        {
            throw await _plan.LearnAsync(
                instrument, interval, (from, to), e, start => IsServedAsync(instrument, interval, start, cancellationToken));
        }

        _plan.NoteServed(instrument, interval);
        BarFetch.Finish(buffer, instrument, AskedFor(instrument.AssetClass, interval), interval, from, to, now);
        return BarFetch.Result(buffer, fetch, instrument, interval, from);
    }

    /// <inheritdoc/>
    public async Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        if (instrument.AssetClass == AssetClass.Crypto)
            return CorporateActions.NotServed;
        var ticker = Uri.EscapeDataString(Ticker(instrument));
        try
        {
            var (splits, oddSplits) = await ReadAllAsync<Split>(
                instrument, $"v3/reference/splits?ticker={ticker}&limit=1000&order=asc&sort=execution_date", cancellationToken);
            var (dividends, oddDividends) = await ReadAllAsync<Dividend>(
                instrument, $"v3/reference/dividends?ticker={ticker}&limit=1000&order=asc&sort=ex_dividend_date", cancellationToken);
            return new CorporateActions(
                [.. splits.Where(split => Within(split.ExecutionDate))
                    .Select(split => new StockSplit(split.ExecutionDate, split.SplitFrom, split.SplitTo))],
                [.. dividends.Where(dividend => Within(dividend.ExDividendDate)).Select(dividend => new CashDividend(
                    dividend.ExDividendDate, dividend.CashAmount, dividend.Currency, dividend.RecordDate, dividend.PayDate))])
            { Flaws = [.. oddSplits, .. oddDividends] };
        }
        catch (ProviderException e) when (
            e.Kind is ProviderErrorKind.UnknownSymbol or ProviderErrorKind.Refused
                or ProviderErrorKind.BadKey or ProviderErrorKind.PlanLimit)
        {
            return CorporateActions.NotServed;
        }

        bool Within(DateOnly date) => date >= from && date <= to;
    }

    private async Task<bool> IsServedAsync(Instrument instrument, BarInterval interval, DateTime from, CancellationToken cancellation)
    {
        using var unused = new CandleBuffer();
        try
        {
            var fetch = client.ForOneFetch(instrument.Symbol.Value);
            await ReadRangeAsync(fetch, unused, instrument, interval, (from, from + PlanProbe), cancellation);
            return true;
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.PlanLimit)
        {
            return false;
        }
    }

    private async Task ReadRangeAsync(
        ProviderClient fetch, CandleBuffer buffer, Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range,
        CancellationToken cancellation)
    {
        var asked = AskedFor(instrument.AssetClass, interval);
        var widened = BarFetch.Widen(range.From, range.To, interval, time.GetUtcNow().UtcDateTime);
        foreach (var (ticker, start, end) in RangesByTicker(instrument, widened))
            await ReadAsync(fetch, buffer, Address(ticker, asked, (start, end)), cancellation);
    }

    private async Task ReadAsync(ProviderClient fetch, CandleBuffer buffer, string? address, CancellationToken cancellation)
    {
        for (var page = 0; address is not null; page++)
        {
            if (page == MostPages)
                throw Unreadable($"its pages do not end: {MostPages} were read.");
            var before = buffer.Mark();
            var read = await fetch.GetAsync(address, body => Read(body, buffer, before), cancellation);
            address = read.NextUrl is null ? null : NextAddress(read.NextUrl, address);
        }
    }

    private static IEnumerable<(string Ticker, DateTime From, DateTime To)> RangesByTicker(
        Instrument instrument, (DateTime From, DateTime To) range) =>
        instrument.AssetClass == AssetClass.Crypto
            ? [(Ticker(instrument), range.From, range.To)]
            : FormerTickers.Split(instrument.Symbol, range.From, range.To);

    // Equities' hours are those of the clock there, not of the session, and crypto weeks begin on Sundays: both are built from shorter bars.
    private static BarInterval AskedFor(AssetClass assetClass, BarInterval interval) => (assetClass, interval) switch
    {
        (not AssetClass.Crypto, BarInterval.OneHour or BarInterval.FourHours) => BarInterval.ThirtyMinutes,
        (AssetClass.Crypto, BarInterval.OneWeek) => BarInterval.OneDay,
        _ => interval,
    };

    private static string Address(string ticker, BarInterval interval, (DateTime From, DateTime To) range)
    {
        var (multiplier, span) = interval switch
        {
            BarInterval.OneHour => (1, "hour"),
            BarInterval.FourHours => (4, "hour"),
            BarInterval.OneDay => (1, "day"),
            BarInterval.OneWeek => (1, "week"),
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
