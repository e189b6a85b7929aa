using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Npgsql;

namespace MarketData.Storage.Symbols;

/// <summary>Cuts the history of a symbol whose ticker was another instrument's before: that goes, and is asked for no more.</summary>
public sealed class HistoryCut(NpgsqlDataSource database, CandleRetention candles, CorporateActionStore actions)
{
    // A job that runs has read the record, and may store what is older.
    private const string Begin = """
        SELECT EXISTS (SELECT FROM symbols WHERE symbol = @symbol FOR UPDATE);
        SELECT EXISTS (SELECT FROM enrichment_jobs WHERE symbol = @symbol AND status = 'running');
        """;

    /// <summary>
    /// Makes a day the first of a symbol's history: from now on nothing of before is asked for, and what is stored of it goes, in portions of an
    /// interval with all that is known about it. What was broken off goes on when it is asked for again.
    /// </summary>
    /// <param name="instrument">Whose.</param>
    /// <param name="before">The first day that stays, by the exchange's clock.</param>
    /// <param name="person">Who says so.</param>
    /// <param name="cancellation">Stops it: what went is gone.</param>
    /// <returns>What came of it; null when the symbol is not tracked.</returns>
    public async Task<PurgeResult?> CutAsync(Instrument instrument, DateOnly before, string person, CancellationToken cancellation)
    {
        if (await BeginAsync(instrument.Symbol.Value, before, person, cancellation) is not { } isIdle)
            return null;
        if (!isIdle)
            return new PurgeResult(true, 0);
        var (deleted, calendar) = (0L, TradingCalendar.For(instrument));
        foreach (var interval in BarIntervals.All)
            deleted += await candles.CutAsync(instrument.Symbol, interval, calendar.BeginOf(before, interval), cancellation);
        // Some splits and dividends have no price any more that shows them, or that they are measured by.
        await actions.JudgeAsync(instrument, cancellation);
        return new PurgeResult(false, deleted);
    }

    private async Task<bool?> BeginAsync(string symbol, DateOnly before, string person, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var found = await connection.QueryMultipleAsync(Sql.Command("lock symbol", Begin, new { symbol }, cancellation, transaction)))
        {
            if (!await found.ReadSingleAsync<bool>())
                return null;
            if (await found.ReadSingleAsync<bool>())
                return false;
        }

        await connection.ExecuteAsync(
            Sql.Command("begin history", InstrumentStore.BeginHistory, new { symbol, first = before, person }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
