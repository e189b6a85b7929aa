using System.Text.Json;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Symbols;

/// <summary>What each provider calls a symbol, and over which days: <c>instrument_aliases</c>.</summary>
public sealed class AliasStore(NpgsqlDataSource database)
{
    private const string Replace = """
        WITH told AS (SELECT * FROM unnest(@tickers::text[], @from::date[], @to::date[]) AS n (provider_symbol, valid_from, valid_to)),
        gone AS (
            DELETE FROM instrument_aliases a WHERE symbol = @symbol AND provider = @provider AND source = @source
                AND NOT EXISTS (SELECT FROM told n WHERE n.valid_from IS NOT DISTINCT FROM a.valid_from))
        INSERT INTO instrument_aliases AS a (symbol, provider, provider_symbol, valid_from, valid_to, source, recorded_by)
        SELECT @symbol, @provider, n.provider_symbol, n.valid_from, n.valid_to, @source, @recordedBy FROM told n
        WHERE EXISTS (SELECT FROM symbols WHERE symbol = @symbol)
        ON CONFLICT (symbol, provider, source, valid_from) DO UPDATE SET
            provider_symbol = excluded.provider_symbol, valid_to = excluded.valid_to, recorded_by = excluded.recorded_by, recorded_at = now()
        WHERE (a.provider_symbol, a.valid_to) IS DISTINCT FROM (excluded.provider_symbol, excluded.valid_to)
        """;

    private const string Read = """
        SELECT provider, provider_symbol AS ticker, valid_from AS "from", valid_to AS "to", source FROM instrument_aliases
        WHERE symbol = @symbol ORDER BY provider, source, valid_from NULLS FIRST
        """;

    /// <summary>A symbol's names with every provider, by provider, source and day; none when it is not tracked.</summary>
    public async Task<IReadOnlyList<TickerAlias>> ReadAsync(Symbol symbol, CancellationToken cancellation)
    {
        var rows = await database.QueryAsync<Row>("read aliases", Read, new { symbol = symbol.Value }, cancellation);
        return [.. rows.Select(row => row.ToAlias())];
    }

    /// <summary>A symbol's names with every provider and who entered each, by provider and day.</summary>
    public async Task<IReadOnlyList<RecordedAlias>> ReadRecordedAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string read = """
            SELECT id, provider, provider_symbol, valid_from, valid_to, source, recorded_by, recorded_at FROM instrument_aliases
            WHERE symbol = @symbol ORDER BY provider, valid_from NULLS FIRST, source
            """;
        return await database.QueryAsync<RecordedAlias>("read recorded aliases", read, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>Has exactly these names of one provider, told by one source, on record. Of a symbol that is not tracked nothing is kept.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="provider">Whose names.</param>
    /// <param name="source">Who tells.</param>
    /// <param name="aliases">The names; only those of the provider and the source count.</param>
    /// <param name="recordedBy">The person; null when none was involved.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    public async Task ReplaceAsync(
        Symbol symbol, string provider, AliasSource source, IEnumerable<TickerAlias> aliases, string? recordedBy, CancellationToken cancellation)
    {
        var told = aliases.Where(alias => alias.Provider == provider && alias.Source == source).ToList();
        var arguments = new
        {
            symbol = symbol.Value,
            provider,
            source = Name(source),
            recordedBy,
            tickers = told.Select(alias => alias.Ticker).ToArray(),
            from = told.Select(alias => alias.From).ToArray(),
            to = told.Select(alias => alias.To).ToArray(),
        };
        await ChangeAsync(symbol, "replace aliases", Replace, arguments, cancellation);
    }

    /// <summary>Enters what a person says; what was entered from the same day on is replaced. Of a symbol that is not tracked nothing is kept.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="alias">The name.</param>
    /// <param name="recordedBy">The person.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    public Task EnterAsync(Symbol symbol, TickerAlias alias, string recordedBy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(alias);
        const string enter = """
            INSERT INTO instrument_aliases (symbol, provider, provider_symbol, valid_from, valid_to, source, recorded_by)
            SELECT symbol, @Provider, @Ticker, @From::date, @To::date, 'person', @recordedBy FROM symbols WHERE symbol = @symbol
            ON CONFLICT (symbol, provider, source, valid_from) DO UPDATE SET
                provider_symbol = excluded.provider_symbol, valid_to = excluded.valid_to, recorded_by = excluded.recorded_by, recorded_at = now()
            """;
        var arguments = new { symbol = symbol.Value, alias.Provider, alias.Ticker, alias.From, alias.To, recordedBy };
        return ChangeAsync(symbol, "enter alias", enter, arguments, cancellation);
    }

    /// <summary>Removes a name that a person entered.</summary>
    /// <returns>Whether there was one with that number.</returns>
    public async Task<bool> RemoveAsync(Symbol symbol, long id, CancellationToken cancellation)
    {
        const string remove = "DELETE FROM instrument_aliases WHERE symbol = @symbol AND id = @id AND source = 'person'";
        return await ChangeAsync(symbol, "remove alias", remove, new { symbol = symbol.Value, id }, cancellation) > 0;
    }

    /// <summary>
    /// Whether the providers were never asked for changes of ticker, or not within a week; together with corporate actions, so that a symbol
    /// costs its calls at one time.
    /// </summary>
    public async Task<bool> IsCheckDueAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string due = $"SELECT EXISTS (SELECT FROM symbols WHERE symbol = @symbol AND {DueChecks.Names})";
        return await database.ExecuteScalarAsync<bool>("check whether aliases are due", due, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>Notes that the providers were asked.</summary>
    public Task NoteCheckAsync(Symbol symbol, CancellationToken cancellation) => database.ExecuteAsync(
        "note check of aliases", "UPDATE symbols SET aliases_checked_at = now() WHERE symbol = @symbol", new { symbol = symbol.Value }, cancellation);

    // What is stored of days on which the provider calls the symbol otherwise than was known is another company's: it is asked for again.
    private async Task<int> ChangeAsync(Symbol symbol, string what, string change, object arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(
            Sql.Command("lock symbol", "SELECT FROM symbols WHERE symbol = @symbol FOR UPDATE", new { symbol = symbol.Value }, cancellation, transaction));
        var before = await NamesAsync();
        var changed = await connection.ExecuteAsync(Sql.Command(what, change, arguments, cancellation, transaction));
        var now = await NamesAsync();
        foreach (var provider in before.Concat(now).Select(names => names.Key).Distinct())
        {
            if (TickerHistory.Corrections([.. before[provider]], [.. now[provider]], symbol.Value) is { Count: > 0 } ranges)
                await BackfillStore.AskAgainAsync(connection, transaction, symbol.Value, ranges, provider, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return changed;

        async Task<ILookup<string, TickerAlias>> NamesAsync()
        {
            var rows = await connection.QueryAsync<Row>(Sql.Command("read aliases", Read, new { symbol = symbol.Value }, cancellation, transaction));
            return rows.Select(row => row.ToAlias()).ToLookup(alias => alias.Provider);
        }
    }

    /// <summary>The name of a source in the database and the API, such as <c>ticker_events</c>.</summary>
    public static string Name(AliasSource source) => JsonNamingPolicy.SnakeCaseLower.ConvertName(source.ToString());

    private static AliasSource ParseSource(string name) => Enum.GetValues<AliasSource>().First(source => Name(source) == name);

    private sealed record Row
    {
        public required string Provider { get; init; }

        public required string Ticker { get; init; }

        public DateOnly? From { get; init; }

        public DateOnly? To { get; init; }

        public required string Source { get; init; }

        public TickerAlias ToAlias() => new(Provider, Ticker, From, To, ParseSource(Source));
    }
}
