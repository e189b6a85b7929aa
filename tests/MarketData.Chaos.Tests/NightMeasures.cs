using System.Globalization;
using Dapper;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>What the cluster holds after a night: its nodes' memory, handles and threads, and the database's connections, rows and bytes.</summary>
internal sealed class NightMeasures
{
    // These grow with the market, by the day: docs/retention.md.
    private const string Tables = """
        SELECT c.relname, pg_total_relation_size(c.oid), coalesce(s.n_dead_tup, 0),
               (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]::text::bigint
        FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
        WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND c.relname !~ '^(bars|microstructure)_'
          AND c.relname NOT IN ('candle_revisions', 'gaps', 'data_quality_metrics', 'cross_checks', 'price_level_marks', 'feature_checkpoints')
        ORDER BY 1
        """;

    private readonly Dictionary<string, double> _values = [];

    private NightMeasures(double seconds) => Seconds = seconds;

    /// <summary>From the night's beginning to the end of its run, in true time.</summary>
    public double Seconds { get; }

    /// <summary>Each thing that is measured by its name, and what it came to.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    /// <summary>Measures nodes and their database.</summary>
    public static async Task<NightMeasures> TakeAsync(
        NpgsqlDataSource database, IReadOnlyList<ServiceProcess> nodes, double seconds, CancellationToken cancellation)
    {
        var measures = new NightMeasures(seconds);
        for (var i = 0; i < nodes.Count; i++)
            measures.Add(i + 1, nodes[i].Id);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        const string connections = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()";
        measures._values["connections"] = await connection.ExecuteScalarAsync<int>(connections);
        foreach (var (table, bytes, dead, rows) in await connection.QueryAsync<(string, long, long, long)>(Tables))
        {
            measures._values[$"rows of {table}"] = rows;
            measures._values[$"dead rows of {table}"] = dead;
            measures._values[$"kB of {table}"] = bytes / 1024.0;
        }

        return measures;
    }

    /// <summary>The night in a line: what a person looks at first.</summary>
    public string Summary(int night) => string.Create(
        CultureInfo.InvariantCulture,
        $"night {night,2}: {Seconds,5:0.0} s, {Mean("MB"),4:0} MB, {Mean("handles"),3:0} handles, {Mean("threads"),2:0} threads a node, "
        + $"{_values["connections"],2:0} connections, {Sum("rows of "),6:0} rows, {Sum("dead rows of "),5:0} dead, {Sum("kB of "),6:0} kB");

    private double Mean(string what) =>
        _values.Where(value => value.Key.EndsWith(" " + what, StringComparison.Ordinal)).Average(value => value.Value);

    private double Sum(string what) => _values.Where(value => value.Key.StartsWith(what, StringComparison.Ordinal)).Sum(value => value.Value);

    private void Add(int node, int process)
    {
        var status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        _values[$"node {node} MB"] = Number(status["VmRSS"]) / 1024;
        _values[$"node {node} threads"] = Number(status["Threads"]);
        _values[$"node {node} handles"] = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();

        static double Number(string text) => double.Parse(text.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
