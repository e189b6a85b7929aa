using Npgsql;

namespace MarketData.Storage.Symbols;

/// <summary>Named sets of symbols.</summary>
public sealed class WatchlistStore(NpgsqlDataSource database)
{
    private const string Columns = "name, symbols, created_at, updated_at, updated_by";

    /// <summary>Reads all, by name.</summary>
    public Task<IReadOnlyList<Watchlist>> ReadAllAsync(CancellationToken cancellation) =>
        database.QueryAsync<Watchlist>("read watchlists", $"SELECT {Columns} FROM watchlists ORDER BY name COLLATE \"C\"", null, cancellation);

    /// <summary>Reads one; null when there is none of this name.</summary>
    public Task<Watchlist?> ReadAsync(string name, CancellationToken cancellation) => database.QuerySingleOrDefaultAsync<Watchlist>(
        "read watchlist", $"SELECT {Columns} FROM watchlists WHERE name = @name", new { name }, cancellation);

    /// <summary>Those symbols of a list that are tracked, in alphabetical order; null when there is no list of this name.</summary>
    /// <param name="name">The list.</param>
    /// <param name="active">Only those that are enriched.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<string>?> ReadTrackedAsync(string name, bool active, CancellationToken cancellation)
    {
        const string tracked = """
            SELECT ARRAY(
                SELECT s.symbol FROM symbols s WHERE s.symbol = ANY (w.symbols) AND (s.active OR NOT @active) ORDER BY s.symbol COLLATE "C")
            FROM watchlists w WHERE w.name = @name
            """;
        return await database.QuerySingleOrDefaultAsync<string[]>("read symbols of watchlist", tracked, new { name, active }, cancellation);
    }

    /// <summary>Makes a list, or replaces what is on it.</summary>
    /// <returns>The list as it is now.</returns>
    public async Task<Watchlist> PutAsync(string name, IReadOnlyCollection<string> symbols, string? by, CancellationToken cancellation)
    {
        const string put = $"""
            INSERT INTO watchlists AS w (name, symbols, updated_by) VALUES (@name, @symbols, @by)
            ON CONFLICT (name) DO UPDATE SET symbols = excluded.symbols, updated_by = excluded.updated_by, updated_at = now()
            RETURNING {Columns}
            """;
        string[] ordered = [.. symbols.Distinct().Order(StringComparer.Ordinal)];
        return await database.QuerySingleAsync<Watchlist>("put watchlist", put, new { name, symbols = ordered, by }, cancellation);
    }

    /// <summary>Deletes a list; the symbols on it stay as they are.</summary>
    /// <returns>The list as it was; null when there is none of this name.</returns>
    public Task<Watchlist?> DeleteAsync(string name, CancellationToken cancellation) => database.QuerySingleOrDefaultAsync<Watchlist>(
        "delete watchlist", $"DELETE FROM watchlists WHERE name = @name RETURNING {Columns}", new { name }, cancellation);
}
