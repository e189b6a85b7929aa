using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Gives an empty database the symbols to begin with.</summary>
public sealed class SymbolSeed(NpgsqlDataSource database)
{
    /// <summary>Tracks the symbols when none is tracked yet, however many nodes start at once.</summary>
    /// <param name="symbols">Symbol, class, full name and intervals of each.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>How many were entered; 0 when there were symbols already.</returns>
    public async Task<int> SeedAsync(
        IReadOnlyCollection<(string Symbol, string AssetClass, string? Name, string[] Timeframes)> symbols, CancellationToken cancellation)
    {
        // The row lock makes the nodes ask one after another.
        const string turn = "SELECT FROM scheduler_state FOR UPDATE";
        const string empty = "SELECT NOT EXISTS (SELECT FROM symbols)";
        const string seed = """
            INSERT INTO symbols (symbol, asset_class, name, timeframes) VALUES (@Symbol, @AssetClass, @Name, @Timeframes);
            INSERT INTO symbol_status (symbol, asset_class) VALUES (@Symbol, @AssetClass);
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("lock scheduler", turn, null, cancellation, transaction));
        if (!await connection.ExecuteScalarAsync<bool>(Sql.Command("look for symbols", empty, null, cancellation, transaction)))
            return 0;
        foreach (var (symbol, assetClass, name, timeframes) in symbols)
            await connection.ExecuteAsync(
                Sql.Command("seed symbol", seed, new { symbol, assetClass, name, timeframes }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return symbols.Count;
    }
}
