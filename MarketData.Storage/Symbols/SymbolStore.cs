using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Npgsql;

namespace MarketData.Storage.Symbols;

/// <summary>The tracked symbols.</summary>
public sealed class SymbolStore(NpgsqlDataSource database)
{
    private const int Portion = 50_000;
    private static readonly TimeSpan PortionTimeout = TimeSpan.FromMinutes(10);

    private const string Columns =
        "symbol, asset_class, name, active, timeframes, created_at, updated_at, exchange, currency, price_unit, zone, instrument_type, "
        + "first_traded, last_traded, status";

    /// <summary>Reads every symbol that matches, in alphabetical order.</summary>
    public async Task<IReadOnlyList<TrackedSymbol>> ReadAllAsync(Dashboard.SymbolFilter filter, CancellationToken cancellation)
    {
        const string all = $"""
            SELECT {Columns} FROM symbols
            WHERE (@AssetClass::text IS NULL OR asset_class = @AssetClass) AND (@Active::boolean IS NULL OR active = @Active)
              AND (@Symbols::text[] IS NULL OR symbol = ANY (@Symbols))
              AND (@Search::text IS NULL OR strpos(lower(symbol || ' ' || coalesce(name, '')), lower(@Search)) > 0)
            ORDER BY symbol COLLATE "C"
            """;
        return await database.QueryAsync<TrackedSymbol>("read symbols", all, filter, cancellation);
    }

    /// <summary>Reads one symbol; null when it is not tracked.</summary>
    public async Task<TrackedSymbol?> ReadAsync(string symbol, CancellationToken cancellation)
    {
        const string one = $"SELECT {Columns} FROM symbols WHERE symbol = @symbol";
        return await database.QuerySingleOrDefaultAsync<TrackedSymbol>("read symbol", one, new { symbol }, cancellation);
    }

    /// <summary>Adds a symbol, with what follows from its name on record; the first answer of a provider verifies it.</summary>
    /// <returns>The symbol; null when it is tracked already.</returns>
    public async Task<TrackedSymbol?> AddAsync(
        string symbol, string assetClass, string? name, IReadOnlyCollection<string> timeframes, CancellationToken cancellation)
    {
        const string add = $"""
            WITH added AS (
                INSERT INTO symbols (symbol, asset_class, name, timeframes, status) VALUES (@symbol, @assetClass, @name, @timeframes, 'unverified')
                ON CONFLICT DO NOTHING RETURNING *),
            named AS (INSERT INTO instrument_facts (symbol, fact, confirmed_by) SELECT symbol, 'name', 'person' FROM added WHERE name IS NOT NULL),
            pending AS (INSERT INTO symbol_status (symbol, asset_class) SELECT symbol, asset_class FROM added ON CONFLICT DO NOTHING)
            SELECT {Columns} FROM added
            """;
        var arguments = new { symbol, assetClass, name, timeframes = timeframes.ToArray() };
        if (await database.QuerySingleOrDefaultAsync<TrackedSymbol>("add symbol", add, arguments, cancellation) is null)
            return null;
        await new InstrumentStore(database).FillAsync(Symbol.Parse(symbol), cancellation);
        return await ReadAsync(symbol, cancellation);
    }

    /// <summary>Changes what is not null.</summary>
    /// <returns>The symbol as it is now; null when it is not tracked.</returns>
    public async Task<TrackedSymbol?> ChangeAsync(
        string symbol, string? name, bool? active, IReadOnlyCollection<string>? timeframes, CancellationToken cancellation)
    {
        const string change = $"""
            WITH judged_again AS (UPDATE symbol_status SET judge_at = '-infinity' WHERE symbol = @symbol)
            UPDATE symbols SET name = coalesce(@name, name), active = coalesce(@active, active), timeframes = coalesce(@timeframes, timeframes),
                updated_at = now()
            WHERE symbol = @symbol RETURNING {Columns}
            """;
        var arguments = new { symbol, name, active, timeframes = timeframes?.ToArray() };
        return await database.QuerySingleOrDefaultAsync<TrackedSymbol>("change symbol", change, arguments, cancellation);
    }

    /// <summary>
    /// Deletes a symbol with everything that is stored of it, its candles in portions; the record of its runs stays. It is inactive from the
    /// beginning on, and what was broken off goes on when it is asked for again.
    /// </summary>
    /// <returns>What came of it; null when the symbol is not tracked.</returns>
    public async Task<PurgeResult?> PurgeAsync(string symbol, CancellationToken cancellation)
    {
        const string deactivate = "UPDATE symbols SET active = false, updated_at = now() WHERE symbol = @symbol";
        const string purge = """
            DELETE FROM candle_revisions WHERE symbol = @symbol;
            DELETE FROM rejected_candles WHERE symbol = @symbol;
            DELETE FROM gaps WHERE symbol = @symbol;
            DELETE FROM corporate_actions WHERE symbol = @symbol;
            DELETE FROM corporate_action_reports WHERE symbol = @symbol;
            DELETE FROM corporate_action_history WHERE symbol = @symbol;
            DELETE FROM data_quality_metrics WHERE symbol = @symbol;
            DELETE FROM cross_checks WHERE symbol = @symbol;
            DELETE FROM backfill_state WHERE symbol = @symbol;
            DELETE FROM import_chunks WHERE symbol = @symbol;
            DELETE FROM import_series WHERE symbol = @symbol;
            DELETE FROM symbols WHERE symbol = @symbol;
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await ChangeUnlessBusyAsync(connection, symbol, deactivate, cancellation) is not { } isIdle)
            return null;
        if (!isIdle)
            return new PurgeResult(true, 0);
        var deleted = 0L;
        foreach (var interval in BarIntervals.All)
        {
            deleted += await DeleteAsync(connection, symbol, interval, CandleTables.Bars(interval), cancellation);
            await DeleteAsync(connection, symbol, interval, CandleTables.Microstructure(interval), cancellation);
        }

        isIdle = await ChangeUnlessBusyAsync(connection, symbol, purge, cancellation) ?? true;
        return new PurgeResult(!isIdle, deleted);
    }

    // Whether no job of the symbol is open, and the change was made; null when the symbol is not tracked.
    private static async Task<bool?> ChangeUnlessBusyAsync(NpgsqlConnection connection, string symbol, string change, CancellationToken cancellation)
    {
        const string known = "SELECT EXISTS (SELECT FROM symbols WHERE symbol = @symbol FOR UPDATE)";
        const string busy = "SELECT EXISTS (SELECT FROM enrichment_jobs WHERE symbol = @symbol AND status IN ('queued', 'retrying', 'running'))";
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await connection.ExecuteScalarAsync<bool>(Sql.Command("lock symbol", known, new { symbol }, cancellation, transaction)))
            return null;
        if (await connection.ExecuteScalarAsync<bool>(Sql.Command("look for open jobs", busy, new { symbol }, cancellation, transaction)))
            return false;
        await connection.ExecuteAsync(Sql.Command("purge symbol", change, new { symbol }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return true;
    }

    // The oldest first, so that what is left is whole.
    private static async Task<long> DeleteAsync(
        NpgsqlConnection connection, string symbol, BarInterval interval, string table, CancellationToken cancellation)
    {
        var portion = $"""
            WITH one AS (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe)
            DELETE FROM {table} WHERE series_id = (SELECT id FROM one) AND ts < coalesce(
                (SELECT ts FROM {table} WHERE series_id = (SELECT id FROM one) ORDER BY ts OFFSET @Portion LIMIT 1), 'infinity')
            """;
        var arguments = new { symbol, timeframe = interval.Name(), Portion };
        var total = 0L;
        int deleted;
        do
        {
            deleted = await connection.ExecuteAsync(Sql.Command("delete candles", portion, arguments, cancellation, timeout: PortionTimeout));
            total += deleted;
        }
        while (deleted == Portion);
        return total;
    }

    /// <summary>Reads those of the symbols given that are tracked, active or not.</summary>
    public async Task<IReadOnlyDictionary<string, TrackedSymbol>> FindAsync(
        IReadOnlyCollection<string> symbols, CancellationToken cancellation)
    {
        const string find = $"SELECT {Columns} FROM symbols WHERE symbol = ANY (@symbols)";
        var rows = await database.QueryAsync<TrackedSymbol>("find symbols", find, new { symbols = symbols.ToArray() }, cancellation);
        return rows.ToDictionary(row => row.Symbol);
    }

    /// <summary>Reads the names of all active symbols, to find near misses among.</summary>
    public async Task<IReadOnlyList<string>> ReadNamesAsync(CancellationToken cancellation)
    {
        const string names = "SELECT symbol FROM symbols WHERE active";
        return await database.QueryAsync<string>("read symbol names", names, null, cancellation);
    }
}
