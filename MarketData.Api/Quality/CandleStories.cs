using MarketData.Api.Errors;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Quality;

/// <summary>Tells how a candle came to have its values.</summary>
internal static class CandleStories
{
    /// <summary>Answers with the story of one candle, which may not be on record any more, or never have been.</summary>
    public static async Task<Results<Ok<CandleStory>, ProblemHttpResult>> GetAsync(
        [AsParameters] CandleStoryQuery query, SymbolStore symbols, CandleStoryReader stories, CorporateActionReader actions,
        CancellationToken cancellation)
    {
        var symbol = query.Symbol.Value;
        if (await symbols.ReadAsync(symbol, cancellation) is not { } tracked)
            return Problems.NotTracked(query.Symbol);
        var interval = BarIntervals.Parse(query.Timeframe.ToLowerInvariant());
        var instrument = new Instrument(query.Symbol, AssetClassNames.Parse(tracked.AssetClass));
        var calendar = TradingCalendar.For(instrument);
        var (timestamp, day) = (query.Timestamp.Utc, calendar.DateOf(query.Timestamp.Utc, interval));
        var rows = await stories.ReadAsync(symbol, tracked.AssetClass, interval.Name(), timestamp, day, cancellation);
        var current = rows.Versions.LastOrDefault(version => version.ReplacedAt is null);
        var factors = current is null || rows.Actions.Count == 0
            ? AdjustmentFactors.None
            : await actions.ReadFactorsAsync(query.Symbol, interval, null, cancellation);
        return TypedResults.Ok(new CandleStory(
            Symbol: symbol,
            Timeframe: interval.Name(),
            Timestamp: timestamp,
            Versions: rows.Versions,
            Score: current is null ? null : ScoreOf(current),
            Adjusted: current is null ? null : Adjust(factors, timestamp, current),
            Adjustments: current is null ? [] : [.. rows.Actions.Select(action => EffectOf(action, factors))],
            RejectedCandles: rows.Rejected,
            CrossChecks: rows.CrossChecks));
    }

    private static CandleScore ScoreOf(CandleVersion version) => new(
        version.QualityScore,
        version.IsValidated,
        [
            .. ValidationRules.Soft.Where(rule => version.ValidationNotes?.Contains(rule.Id) == true)
                .Select(rule => new ScorePenalty(rule.Id, rule.PenaltyPercent / 100.0, rule.Meaning)),
        ]);

    private static AdjustedCandle Adjust(AdjustmentFactors factors, DateTime timestamp, CandleVersion version)
    {
        var adjusted = factors.Adjust(new Candle
        {
            Timestamp = timestamp,
            Open = version.Open,
            High = version.High,
            Low = version.Low,
            Close = version.Close,
            Volume = version.Volume,
        });
        return new AdjustedCandle(adjusted.Open, adjusted.High, adjusted.Low, adjusted.Close, adjusted.Volume);
    }

    // What the action alone does: the factors of the day before it, without those of its own day.
    private static CandleAdjustment EffectOf(CorporateAction action, AdjustmentFactors factors)
    {
        var (before, on) = (factors.On(action.ExDate.AddDays(-1)), factors.On(action.ExDate));
        var price = action.Kind == "split" ? on.Split / before.Split : before.Dividend / on.Dividend;
        return new CandleAdjustment(
            action.Kind, action.ExDate, action.RatioFrom, action.RatioTo, action.CashAmount, action.Currency, action.Source, price);
    }
}
