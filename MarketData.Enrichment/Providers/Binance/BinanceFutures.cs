using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Binance;

/// <summary>
/// Funding rate, open interest and long/short ratio of the perpetual future, joined to the candles of the spot market. They are optional:
/// candles come without them where they are not served, or not that far back.
/// </summary>
public sealed class BinanceFutures(ProviderClient client, TimeProvider time)
{
    /// <summary>Where it answers.</summary>
    public static ProviderEndpoint Endpoint { get; } =
        new("binance-futures", new("https://fapi.binance.com/"), nameof(BinanceOptions.FuturesBaseUrl), Folder: "binance-futures");

    private const string Funding = "fapi/v1/fundingRate";
    private const string OpenInterest = "futures/data/openInterestHist";
    private const string LongShortRatio = "futures/data/globalLongShortAccountRatio";
    private const int MostFundingPages = 8;
    private const int FundingLimit = 1000;
    private const int StatisticsLimit = 500;
    private static readonly TimeSpan StatisticsKept = TimeSpan.FromDays(29);
    private static readonly TimeSpan FundingPeriod = TimeSpan.FromHours(8);
    private static readonly TimeSpan RefusalPause = TimeSpan.FromHours(1);

    // An endpoint that refused is not called again for a while, since each call costs a permit that candles could use.
    private readonly ConcurrentDictionary<(string Symbol, string Endpoint), (DateTimeOffset NotBefore, string Why)> _refusals = [];

    /// <summary>What of a contract is not to be had, each in one sentence.</summary>
    internal IReadOnlyList<string> Refusals(string symbol) =>
        [.. _refusals.Where(refusal => refusal.Key.Symbol == symbol && time.GetUtcNow() < refusal.Value.NotBefore)
            .GroupBy(refusal => refusal.Value.Why, refusal => Name(refusal.Key.Endpoint))
            .Select(refusals => $"{string.Join(", ", refusals.Order())} stay empty: Binance's futures market {refusals.Key}")];

    /// <summary>Adds what is known to normalised bars.</summary>
    /// <returns>Why some of it failed for now; null when all that is served was added.</returns>
    internal async Task<ProviderException?> AddAsync(
        CandleBuffer buffer, string symbol, BarInterval interval, CancellationToken cancellation)
    {
        if (buffer.Count == 0)
            return null;
        try
        {
            await AddFundingAsync(buffer, symbol, interval, cancellation);
            if (interval != BarInterval.OneWeek)
                await AddStatisticsAsync(buffer, symbol, interval, cancellation);
            return null;
        }
        catch (ProviderException e)
        {
            return new ProviderException(e.Provider, e.Kind, $"futures data could not be had: {e.Message}", e.Advice, e)
            {
                RetryAfter = e.RetryAfter,
                RetryAt = e.RetryAt,
                StatusCode = e.StatusCode,
            };
        }
    }

    /// <summary>How many requests <see cref="AddAsync"/> makes for the bars of a range; none to what has refused lately.</summary>
    internal int CountRequests(string symbol, BarInterval interval, (DateTime From, DateTime To) range)
    {
        var funding = Math.Min(MostFundingPages, FetchCost.Pages((range.To - range.From) / FundingPeriod, FundingLimit));
        var oldest = time.GetUtcNow().UtcDateTime - StatisticsKept;
        var from = range.From > oldest ? range.From : oldest;
        var statistics = interval == BarInterval.OneWeek || range.To < oldest
            ? 0 : FetchCost.Pages((range.To - from) / interval.Length(), StatisticsLimit - 1);
        return Count(Funding, funding) + Count(OpenInterest, statistics) + Count(LongShortRatio, statistics);

        int Count(string endpoint, int requests) =>
            _refusals.TryGetValue((symbol, endpoint), out var refusal) && time.GetUtcNow() < refusal.NotBefore ? 0 : requests;
    }

    /// <summary>Finds out with one request whether they are served.</summary>
    internal Task ProbeAsync(CancellationToken cancellation) => client.ProbeAsync(
        $"{Funding}?symbol=BTCUSDT&limit=1", static body => Parse(body, "fundingTime", "fundingRate"), cancellation);

    private async Task AddFundingAsync(CandleBuffer buffer, string symbol, BarInterval interval, CancellationToken cancellation)
    {
        var rates = new List<(DateTime At, double Value)>();
        var start = buffer.Candles[0].Timestamp - FundingPeriod;
        var end = buffer.Candles[^1].Timestamp + interval.Length();
        for (var page = 0; page < MostFundingPages && start < end; page++)
        {
            var read = await ReadAsync(
                symbol, Funding, $"startTime={Milliseconds(start)}&endTime={Milliseconds(end)}&limit={FundingLimit}",
                "fundingTime", "fundingRate", cancellation);
            rates.AddRange(read);
            if (read.Count < FundingLimit)
                break;
            start = read[^1].At.AddMilliseconds(1);
        }

        Join(buffer, rates, interval, FundingPeriod + TimeSpan.FromMinutes(1), static (candle, rate) => candle with { FundingRate = rate });
    }

    private async Task AddStatisticsAsync(CandleBuffer buffer, string symbol, BarInterval interval, CancellationToken cancellation)
    {
        var oldest = time.GetUtcNow().UtcDateTime - StatisticsKept;
        var end = buffer.Candles[^1].Timestamp + interval.Length();
        if (end < oldest)
            return;
        var from = buffer.Candles[0].Timestamp > oldest ? buffer.Candles[0].Timestamp : oldest;
        var interest = await ReadStatisticAsync(OpenInterest, "sumOpenInterest");
        Join(buffer, interest, interval, interval.Length(), static (candle, value) => candle with { OpenInterest = value });
        var ratios = await ReadStatisticAsync(LongShortRatio, "longShortRatio");
        Join(buffer, ratios, interval, interval.Length(), static (candle, value) => candle with { LongShortRatio = value });

        // Asked for more than fits into an answer, it tells part of it without a word.
        async Task<List<(DateTime At, double Value)>> ReadStatisticAsync(string endpoint, string value)
        {
            var values = new List<(DateTime At, double Value)>();
            var page = interval.Length() * (StatisticsLimit - 1);
            for (var start = from; start <= end; start += page.Add(TimeSpan.FromMilliseconds(1)))
            {
                var last = start + page < end ? start + page : end;
                var query = $"period={interval.Name()}&startTime={Milliseconds(start)}&endTime={Milliseconds(last)}&limit={StatisticsLimit}";
                values.AddRange(await ReadAsync(symbol, endpoint, query, "timestamp", value, cancellation));
            }

            return values;
        }
    }

    // Each bar gets the latest value at or before its close, unless that is older than the values' own period.
    private static void Join(
        CandleBuffer buffer, List<(DateTime At, double Value)> values, BarInterval interval, TimeSpan period, Func<Candle, double, Candle> with)
    {
        values.Sort(static (one, other) => one.At.CompareTo(other.At));
        var next = 0;
        foreach (ref var candle in buffer.Candles)
        {
            var close = candle.Timestamp + interval.Length();
            while (next < values.Count && values[next].At <= close)
                next++;
            if (next > 0 && close - values[next - 1].At < (period > interval.Length() ? period : interval.Length()))
                candle = with(candle, values[next - 1].Value);
        }
    }

    private async Task<List<(DateTime At, double Value)>> ReadAsync(
        string symbol, string endpoint, string query, string timeField, string valueField, CancellationToken cancellation)
    {
        if (_refusals.TryGetValue((symbol, endpoint), out var refusal) && time.GetUtcNow() < refusal.NotBefore)
            return [];
        try
        {
            return await client.ForOneFetch(symbol).GetAsync(
                $"{endpoint}?symbol={symbol}&{query}", body => Parse(body, timeField, valueField), cancellation);
        }
        catch (ProviderException e) when (!e.IsTransient)
        {
            _refusals[(symbol, endpoint)] = (time.GetUtcNow() + RefusalPause, e.Message);
            return [];
        }
    }

    private static List<(DateTime At, double Value)> Parse(ReadOnlySpan<byte> body, string time, string value)
    {
        var rows = new List<(DateTime, double)>();
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Instead of an array there is something else.");
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (at, number) = (default(DateTime?), double.NaN);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isTime, isValue) = (reader.ValueTextEquals(time), reader.ValueTextEquals(value));
                reader.Read();
                if (isTime && WireTime.TryRead(ref reader, out var instant))
                    at = instant;
                else if (isValue)
                    number = JsonNumbers.Read(ref reader);
                else
                    reader.Skip();
            }

            if (at is { } known && double.IsFinite(number))
                rows.Add((known, number));
        }

        return rows;
    }

    private static string Name(string endpoint) => endpoint switch
    {
        Funding => "funding_rate",
        OpenInterest => "open_interest",
        _ => "long_short_ratio",
    };

    private static string Milliseconds(DateTime instant) =>
        new DateTimeOffset(instant).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
