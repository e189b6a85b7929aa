using Dapper;
using MarketData.Testing;
using MarketData.Testing.Releases;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>
/// Migrations that come after a release take nothing away that its services read, and demand nothing of what they write, since they go on while
/// the new ones come (<c>docs/decisions/0031-migrations-expand-first.md</c>). What departs from that is listed with its reason.
/// </summary>
public sealed class ExpandOnlyTests(PostgresServer server)
{
    private static readonly Dictionary<string, string> Departures = new()
    {
        ["a row of watchlists must not be that of notification_rules.watchlist"] =
            "Only the new version makes rules. An old Api answers an error where somebody deletes the watchlist of one; the new Api says which rule.",
    };

    // What former services may read or write, and what they have to heed. Of a constraint, the columns that it is about.
    private const string Catalogue = """
        WITH relations AS (
            SELECT c.oid, c.relname::text AS name, c.relkind FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relname <> 'schema_versions'),
        columns AS (
            SELECT r.oid, r.name, a.attnum, a.attname::text AS attname, format_type(a.atttypid, a.atttypmod) AS type, r.relkind = 'v' AS is_view,
                   a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS must_be_given
            FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid WHERE a.attnum > 0 AND NOT a.attisdropped)
        SELECT name AS relation, '{}'::text[] AS columns, false AS is_demand, CASE relkind WHEN 'v' THEN 'the view ' ELSE 'the table ' END || name AS fact FROM relations
        UNION ALL
        SELECT name, ARRAY[attname], false, format('the column %s.%s, %s', name, attname, type) FROM columns
        UNION ALL
        SELECT '', '{}', false, format('the function %s, %s', p.oid::regprocedure, pg_get_function_result(p.oid)) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT r.name, '{}', false, 'for ON CONFLICT, ' || regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \S+ ON', 'INDEX ON')
        FROM pg_index i JOIN relations r ON r.oid = i.indrelid WHERE i.indisunique
        UNION ALL
        SELECT name, '{}', true, format('%s.%s must be given', name, attname) FROM columns WHERE must_be_given
        UNION ALL
        SELECT r.name, ARRAY(SELECT c.attname FROM columns c WHERE c.oid = r.oid AND c.attnum = ANY (i.indkey)), true,
               'must be unique: ' || regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \S+ ON', 'INDEX ON')
        FROM pg_index i JOIN relations r ON r.oid = i.indrelid WHERE i.indisunique
        UNION ALL
        SELECT r.name, ARRAY(SELECT c.attname FROM columns c WHERE c.oid = r.oid AND c.attnum = ANY (k.conkey)), true,
               format('%s must keep to %s', r.name, pg_get_constraintdef(k.oid))
        FROM pg_constraint k JOIN relations r ON r.oid = k.conrelid WHERE k.contype IN ('c', 'f')
        UNION ALL
        SELECT r.name, '{}', true, format('a row of %s must not be that of %s.%s', r.name, k.conrelid::regclass,
               (SELECT string_agg(c.attname, ', ') FROM columns c WHERE c.oid = k.conrelid AND c.attnum = ANY (k.conkey)))
        FROM pg_constraint k JOIN relations r ON r.oid = k.confrelid WHERE k.contype = 'f' AND k.confdeltype IN ('a', 'r')
        """;

    public static TheoryData<string> Releases => [.. FormerRelease.All.Select(release => release.Schema)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Later_migrations_leave_a_release_that_still_works_all_that_it_knows(string release)
    {
        await using var database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await FormerSchema.CreateAsync(database, release + "~", Cancellation);
        var before = await ReadAsync(database);

        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(database.ConnectionString, Cancellation);

        Departing(before, await ReadAsync(database)).Except(Departures.Keys).ShouldBeEmpty(
            $"Services of release {release} go on while this version comes. Expand first, and take away in a later release; or list it with a reason.");
    }

    [Theory]
    [InlineData("ALTER TABLE symbols DROP COLUMN zone CASCADE", "gone: the column symbols.zone, text")]
    [InlineData("ALTER TABLE gaps RENAME COLUMN missing TO absent", "gone: the column gaps.missing, integer")]
    [InlineData("ALTER TABLE gaps RENAME TO holes", "gone: the table gaps")]
    [InlineData("DROP VIEW adjusted_candles CASCADE", "gone: the view adjusted_candles")]
    [InlineData("DROP FUNCTION event_time", "gone: the function event_time(timestamp with time zone), text")]
    [InlineData("ALTER TABLE gaps ALTER COLUMN missing TYPE bigint", "gone: the column gaps.missing, integer")]
    [InlineData("DROP INDEX enrichment_jobs_one_running", "gone: for ON CONFLICT, CREATE UNIQUE INDEX ON public.enrichment_jobs")]
    [InlineData("ALTER TABLE watchlists ADD COLUMN owner text NOT NULL", "watchlists.owner must be given")]
    [InlineData("ALTER TABLE enrichment_jobs ALTER COLUMN error_kind SET NOT NULL", "enrichment_jobs.error_kind must be given")]
    [InlineData("ALTER TABLE symbols ALTER COLUMN timeframes SET NOT NULL, ALTER COLUMN timeframes DROP DEFAULT, ADD CHECK (symbol <> '')", "symbols must keep to CHECK")]
    [InlineData("CREATE UNIQUE INDEX ON symbols (name)", "must be unique: CREATE UNIQUE INDEX ON public.symbols")]
    [InlineData("CREATE TABLE pins (symbol text REFERENCES symbols)", "a row of symbols must not be that of pins.symbol")]
    [InlineData("ALTER TABLE watchlists ADD COLUMN owner text NOT NULL DEFAULT '', ADD CHECK (owner <> 'x')", null)]
    [InlineData("CREATE TABLE pins (symbol text NOT NULL UNIQUE REFERENCES symbols ON DELETE CASCADE)", null)]
    public async Task What_departs_is_found(string migration, string? departure)
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        var before = await ReadAsync(database);

        await using (var connection = await database.DataSource.OpenConnectionAsync(Cancellation))
            await connection.ExecuteAsync(migration);

        var departing = Departing(before, await ReadAsync(database)).ToList();
        if (departure is null)
            departing.ShouldBeEmpty();
        else
            departing.ShouldContain(found => found.StartsWith(departure, StringComparison.Ordinal));
    }

    // A demand on columns that are new is none of those who do not know them.
    private static IEnumerable<string> Departing(IReadOnlyList<Fact> before, IReadOnlyList<Fact> after)
    {
        var (was, now) = (before.Select(fact => fact.Text).ToHashSet(), after.Select(fact => fact.Text).ToHashSet());
        var columns = before.SelectMany(fact => fact.Columns, (fact, column) => (fact.Relation, column)).ToHashSet();
        var relations = before.Select(fact => fact.Relation).ToHashSet();
        return before.Where(fact => !fact.IsDemand && !now.Contains(fact.Text)).Select(fact => "gone: " + fact.Text)
            .Concat(after
                .Where(fact => fact.IsDemand && relations.Contains(fact.Relation) && !was.Contains(fact.Text)
                    && fact.Columns.All(column => columns.Contains((fact.Relation, column))))
                .Select(fact => fact.Text));
    }

    private static async Task<IReadOnlyList<Fact>> ReadAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        return [.. (await connection.QueryAsync<(string Relation, string[] Columns, bool IsDemand, string Text)>(Catalogue))
            .Select(row => new Fact(row.Relation, row.Columns, row.IsDemand, row.Text))];
    }

    private sealed record Fact(string Relation, IReadOnlyList<string> Columns, bool IsDemand, string Text);
}
