using System.Globalization;
using System.Text.Json;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>
/// Yahoo Finance: equities, indices and crypto, no key. Its prices come adjusted for splits; they are turned back into those traded by the
/// splits that come along.
/// </summary>
public sealed class YahooProvider(ProviderClient client, TimeProvider time) : IMarketDataProvider
{
    /// <summary>Where it answers unless told otherwise.</summary>
    public static readonly Uri PublicAddress = new("https://query1.finance.yahoo.com/");

    // No share trades in finer steps: further decimals are rounding errors of the adjustment and its reversal.
    private const int PriceDecimals = 6;

    /// <inheritdoc/>
    public string Name => ProviderNames.Yahoo;

    /// <inheritdoc/>
    public bool Supports(Instrument instrument, BarInterval interval) => true;

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        using var buffer = new CandleBuffer();
        var (fetch, now) = (client.ForOneFetch(instrument.Symbol.Value), time.GetUtcNow().UtcDateTime);
        var asked = interval == BarInterval.FourHours ? BarInterval.OneHour : interval;
        var kept = now - Kept(asked) + TimeSpan.FromMinutes(5);
        var coveredFrom = from > kept ? from : kept;
        if (coveredFrom >= to)
            return BarFetch.Result(buffer, fetch, instrument, interval, coveredFrom);

        var range = BarFetch.Widen(coveredFrom, to, interval, now);
        var page = await AskAsync(fetch, instrument, asked, range, buffer, cancellationToken);
        CorporateActions? told = null;
        if (instrument.AssetClass != AssetClass.Crypto)
        {
            var splits = await SplitsSinceAsync(fetch, instrument, range, now, page, cancellationToken);
            Unadjust(buffer, Applied(splits));
            told = new CorporateActions(splits, Dividends(page, splits), page.HasEvents);
        }

        BarFetch.Finish(buffer, instrument, asked, interval, coveredFrom, to, now);
        return BarFetch.Result(buffer, fetch, instrument, interval, coveredFrom) with { Actions = told, Flaws = page.Flaws };
    }

    /// <inheritdoc/>
    public async Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        if (instrument.AssetClass == AssetClass.Crypto)
            return CorporateActions.NotServed;
        using var buffer = new CandleBuffer();
        var start = from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var page = await AskAsync(
            client.ForOneFetch(instrument.Symbol.Value), instrument, BarInterval.OneDay, (start, time.GetUtcNow().UtcDateTime), buffer,
            cancellationToken);
        var splits = Splits(page).OrderBy(split => split.ExDate).ToList();
        return new CorporateActions(
            [.. splits.Where(split => split.ExDate <= to)],
            [.. Dividends(page, splits).Where(paid => paid.ExDate <= to)],
            page.HasEvents)
        { Flaws = page.Flaws };
    }

    private static IEnumerable<StockSplit> Splits(YahooPage page) =>
        page.Splits.Select(split => new StockSplit(DateOnly.FromDateTime(split.At), split.From, split.To));

    // Those that Yahoo can have adjusted its prices by.
    private static IEnumerable<StockSplit> Applied(IEnumerable<StockSplit> splits) => splits.Where(split => split is { From: > 0, To: > 0 });

    // As paid: they come adjusted for splits, as prices do.
    private static List<CashDividend> Dividends(YahooPage page, IReadOnlyList<StockSplit> splits)
    {
        var factors = AdjustmentFactors.Of(Applied(splits));
        return
        [
            .. page.Dividends
                .Select(paid => (Date: DateOnly.FromDateTime(paid.At), paid.Amount))
                .OrderBy(paid => paid.Date)
                .Select(paid => new CashDividend(paid.Date, Math.Round(paid.Amount * factors.On(paid.Date).Split, PriceDecimals), page.Currency)),
        ];
    }

    private static TimeSpan Kept(BarInterval interval) => interval switch
    {
        BarInterval.OneHour => TimeSpan.FromDays(730),
        _ when interval.IsIntraday() => TimeSpan.FromDays(60),
        _ => TimeSpan.FromDays(73_000),
    };

    private async Task<YahooPage> AskAsync(
        ProviderClient fetch, Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, CandleBuffer buffer, CancellationToken cancellation)
    {
        var name = interval switch
        {
            BarInterval.OneHour => "1h",
            BarInterval.OneDay => "1d",
            BarInterval.OneWeek => "1wk",
            _ => interval.Name(),
        };
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"v8/finance/chart/{Uri.EscapeDataString(Ticker(instrument))}?period1={Seconds(range.From)}&period2={Seconds(range.To)}&interval={name}&includePrePost=false&events=div%7Csplit");
        var before = buffer.Mark();
        return await fetch.GetAsync(address, body => Read(body, name, buffer, before), cancellation);
    }

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
                    ? "Check the symbol's spelling, or deactivate it."
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
        ProviderClient fetch, Instrument instrument, (DateTime From, DateTime To) range, DateTime now, YahooPage page, CancellationToken cancellation)
    {
        if (range.To >= now.AddDays(-1))
            return [.. Splits(page)];
        using var unused = new CandleBuffer();
        var since = await AskAsync(fetch, instrument, BarInterval.OneDay, (range.To, now), unused, cancellation);
        return [.. Splits(page).Concat(Splits(since)).DistinctBy(split => split.ExDate)];
    }

    private static void Unadjust(CandleBuffer buffer, IEnumerable<StockSplit> splits)
    {
        var factors = AdjustmentFactors.Of(splits);
        if (factors.IsEmpty)
            return;
        foreach (ref var candle in buffer.Candles)
        {
            var (split, _) = factors.On(DateOnly.FromDateTime(candle.Timestamp));
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

    private static string Ticker(Instrument instrument) =>
        instrument.AssetClass == AssetClass.Crypto ? instrument.Symbol.Value : instrument.Symbol.Value.Replace('.', '-');

    private static long Seconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeSeconds();
}
