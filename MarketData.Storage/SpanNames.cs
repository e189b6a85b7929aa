using System.Text.RegularExpressions;
using Npgsql;

namespace MarketData.Storage;

/// <summary>Names the spans of a data source's statements after what each is for, where Npgsql calls them all <c>postgresql</c>.</summary>
public static partial class SpanNames
{
    /// <summary>What a session begins with, and no span tells of.</summary>
    internal const string SessionSetUp = "set up session";

    /// <summary>
    /// Names each span after the comment that a statement of this project begins with; without one, as COPY into a table, after
    /// verb and table.
    /// </summary>
    public static NpgsqlDataSourceBuilder NameSpans(this NpgsqlDataSourceBuilder database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(command => NameOf(command.CommandText) != SessionSetUp)
            .ConfigureCommandSpanNameProvider(command => NameOf(command.CommandText))
            .ConfigureBatchSpanNameProvider(batch => NameOf(batch.BatchCommands[0].CommandText))
            .ConfigureCopyOperationSpanNameProvider(NameOf));
    }

    private static string NameOf(string sql)
    {
        if (Comment().Match(sql) is { Success: true } comment)
            return comment.Groups["name"].Value;
        var table = Table().Match(sql).Groups["name"].Value;
        return $"{Verb().Match(sql).Value} {table}".Trim();
    }

    // COPY has to be the first word of its text, so the comment of a query that it sends comes after that.
    [GeneratedRegex(@"^(COPY \()?-- (?<name>.+)")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\b(FROM|INTO|UPDATE|COPY|TABLE)\s+(?<name>\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Table();
}
