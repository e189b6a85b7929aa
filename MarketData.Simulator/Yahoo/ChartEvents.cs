using System.Globalization;
using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Yahoo;

/// <summary>The <c>events</c> of a chart: dividends per today's share, and splits, each under the opening second of its session.</summary>
internal static class ChartEvents
{
    /// <summary>Writes them, when any were asked for and are there.</summary>
    public static void Write(Utf8JsonWriter json, SimulatedMarket market, PriceHistory history, ChartQuery query, AnswerFaults faults)
    {
        var from = history.Listing.Venue.DateAt(query.From);
        var to = history.Listing.Venue.DateAt(Math.Min(query.To - 1, market.Now));
        List<Payout> dividends = query.Dividends ? [.. ActionFaults.Apply(ShareEvents.Dividends(history, from, to), history.Listing, faults)] : [];
        List<ListedSplit> splits = query.Splits ? [.. ActionFaults.Apply(ShareEvents.Splits(history, from, to), history.Listing, faults)] : [];
        if (dividends.Count == 0 && splits.Count == 0)
        {
            return;
        }

        json.WriteStartObject("events");
        if (dividends.Count > 0)
        {
            json.WriteStartObject("dividends");
            HashSet<long> seconds = [];
            foreach (var payout in dividends)
            {
                WriteDividend(json, market, history, payout, FreeSecond(seconds, OpeningSecond(history, payout.ExDate)));
            }

            json.WriteEndObject();
        }

        if (splits.Count > 0)
        {
            json.WriteStartObject("splits");
            HashSet<long> seconds = [];
            foreach (var split in splits)
            {
                WriteSplit(json, split, FreeSecond(seconds, OpeningSecond(history, split.Date)));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteDividend(Utf8JsonWriter json, SimulatedMarket market, PriceHistory history, Payout payout, long second)
    {
        json.WriteStartObject(second.ToString(CultureInfo.InvariantCulture));
        // What a listing abroad pays comes as declared, that of the United States in dollars.
        var isDeclared = payout.Currency != history.Listing.PriceUnit && !history.Listing.IsUnitedStatesShare;
        json.WriteNumber("amount", Math.Round((isDeclared ? payout.Declared : payout.Amount) / history.Listing.SplitFactor(payout.ExDate, market.Today), 6));
        json.WriteNumber("date", second);
        if (isDeclared)
        {
            json.WriteString("currency", payout.Currency);
        }

        json.WriteEndObject();
    }

    private static void WriteSplit(Utf8JsonWriter json, ListedSplit split, long second)
    {
        json.WriteStartObject(second.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("date", second);
        json.WriteNumber("numerator", (double)split.To);
        json.WriteNumber("denominator", (double)split.From);
        json.WriteString("splitRatio", string.Create(CultureInfo.InvariantCulture, $"{split.To}:{split.From}"));
        json.WriteEndObject();
    }

    // Events are the members of an object, so that two of one day need names of their own.
    private static long FreeSecond(HashSet<long> seconds, long second)
    {
        while (!seconds.Add(second))
        {
            second++;
        }

        return second;
    }

    private static long OpeningSecond(PriceHistory history, DateOnly date) =>
        TradingHours.Between(history.Listing, date, date).First().Opens / 1000;
}
