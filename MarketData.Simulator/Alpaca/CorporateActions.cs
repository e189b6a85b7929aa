using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;
using MarketData.Simulator.Polygon;

namespace MarketData.Simulator.Alpaca;

/// <summary>
/// Alpaca's <c>/v1/corporate-actions</c>: splits, cash dividends and changes of name, each under the name of its day, in order of the day on which
/// they are processed: for a dividend that of its payment.
/// </summary>
internal static class CorporateActions
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int DaysUntilPaid = 10;
    private static readonly string[] Kinds = ["forward_split", "reverse_split", "stock_dividend", "cash_dividend", "name_change"];

    private sealed record Action(string Kind, string Symbol, DateOnly Processed, Action<Utf8JsonWriter> Write);

    /// <summary>Answers; without <c>start</c> and <c>end</c> of today alone.</summary>
    public static Task Get(HttpContext context, SimulatedMarket market)
    {
        var query = context.Request.Query;
        var (symbols, invalid) = AlpacaQuery.Symbols(query);
        if (invalid is not null)
        {
            return AlpacaErrors.InvalidSymbol(context, invalid);
        }

        string[] kinds = query["types"].ToString() is { Length: > 0 } types ? types.Split(',') : Kinds;
        if (symbols.Count == 0
            || !AlpacaQuery.TryReadDate(query, "start", market.Today, out var start)
            || !AlpacaQuery.TryReadDate(query, "end", market.Today, out var end)
            || !AlpacaQuery.TryReadLimit(query, DefaultLimit, MaxLimit, out var limit)
            || !TryReadSkip(query["page_token"].ToString(), out var skip))
        {
            return AlpacaErrors.BadRequest(context, "symbols, start, end, limit or page_token can't be read");
        }

        var faults = AnswerFaults.Of(context);
        var actions = symbols.SelectMany(symbol => Of(market, symbol, faults.For(symbol)))
            .Where(action => kinds.Contains(action.Kind) && action.Processed >= start && action.Processed <= end)
            .OrderBy(action => action.Processed)
            .ThenBy(action => action.Symbol, StringComparer.Ordinal)
            .Skip(skip)
            .Take(limit + 1)
            .ToList();
        return Write(context, [.. actions.Take(limit)], actions.Count > limit ? Token(skip + limit) : null);
    }

    private static IEnumerable<Action> Of(SimulatedMarket market, string symbol, AnswerFaults faults)
    {
        if (faults.Has(FaultKind.EmptyAnswer))
        {
            return [];
        }

        // A company's own actions, while it had the name, and its changes to or from it.
        return TickerTimeline.Companies(market, symbol).SelectMany(company =>
        {
            var listing = company.Listing;
            var splits = ActionFaults.Apply(ShareEvents.Splits(company, DateOnly.MinValue, market.Today), listing, faults)
                .Where(split => TickerTimeline.IsServed(listing, symbol, split.Date) && !split.IsSpinOff)
                .Select(split => Split(symbol, split));
            var dividends = ActionFaults.Apply(ShareEvents.Dividends(company, DateOnly.MinValue, market.Today), listing, faults)
                .Where(payout => TickerTimeline.IsServed(listing, symbol, payout.ExDate))
                .Select(payout => Dividend(symbol, payout));
            var changes = listing.Tickers.Zip(listing.Tickers.Skip(1))
                .Where(change => change.First.Ticker == symbol || change.Second.Ticker == symbol)
                .Select(change => NameChange(change.First, change.Second));
            return splits.Concat(dividends).Concat(changes);
        });
    }

    private static Action Split(string symbol, ListedSplit split) => new(
        split.To > split.From ? "forward_split" : "reverse_split",
        symbol,
        split.Date,
        json =>
        {
            json.WriteString("ex_date", Date(split.Date));
            json.WriteNumber("new_rate", split.To);
            json.WriteNumber("old_rate", split.From);
            json.WriteString("process_date", Date(split.Date));
            json.WriteString("record_date", Date(split.Date));
            json.WriteString("symbol", symbol);
        });

    private static Action Dividend(string symbol, Payout payout) => new(
        "cash_dividend",
        symbol,
        payout.RecordDate.AddDays(DaysUntilPaid),
        json =>
        {
            json.WriteString("ex_date", Date(payout.ExDate));
            json.WriteBoolean("foreign", false);
            json.WriteString("payable_date", Date(payout.RecordDate.AddDays(DaysUntilPaid)));
            json.WriteString("process_date", Date(payout.RecordDate.AddDays(DaysUntilPaid)));
            json.WriteNumber("rate", payout.Amount);
            json.WriteString("record_date", Date(payout.RecordDate));
            json.WriteBoolean("special", false);
            json.WriteString("symbol", symbol);
        });

    private static Action NameChange(ListedTicker before, ListedTicker after) => new(
        "name_change",
        after.Ticker,
        after.Since,
        json =>
        {
            json.WriteString("new_symbol", after.Ticker);
            json.WriteString("old_symbol", before.Ticker);
            json.WriteString("process_date", Date(after.Since));
        });

    private static async Task Write(HttpContext context, IReadOnlyList<Action> actions, string? next)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject("corporate_actions");
        foreach (var kind in actions.GroupBy(action => action.Kind))
        {
            json.WriteStartArray(kind.Key + "s");
            foreach (var action in kind)
            {
                json.WriteStartObject();
                action.Write(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteString("next_page_token", next);
        json.WriteEndObject();
    }

    private static bool TryReadSkip(string token, out int skip)
    {
        skip = 0;
        return token.Length == 0
            || (Base64Url.IsValid(token)
                && int.TryParse(
                    Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)), NumberStyles.None, CultureInfo.InvariantCulture, out skip));
    }

    private static string Token(int skip) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(skip.ToString(CultureInfo.InvariantCulture)));

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
