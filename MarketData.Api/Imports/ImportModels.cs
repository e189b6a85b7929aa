using MarketData.Api.Requests;
using MarketData.Storage.Imports;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Imports;

/// <summary>How a file of candles is to be read.</summary>
/// <param name="Name">The import's name.</param>
/// <param name="Adjustment">What prices are adjusted for.</param>
/// <param name="Symbol">The symbol of all rows.</param>
/// <param name="Timeframe">The interval of all rows.</param>
/// <param name="Zone">The clock of times that name none.</param>
/// <param name="Ambiguous">What an hour means that the clock shows twice.</param>
/// <param name="Columns">Which column is what.</param>
/// <param name="Separator">What separates columns.</param>
/// <param name="Decimal">The decimal sign.</param>
/// <param name="Thousands">Whether thousands are grouped.</param>
/// <param name="TimeFormat">How times are written.</param>
/// <param name="Format">What kind of file it is.</param>
/// <param name="DryRun">Whether nothing is to be imported.</param>
public readonly record struct ImportQuery(
    [property: FromQuery, RegularExpression("^[a-z0-9][a-z0-9._-]{0,47}$", ErrorMessage = ImportQuery.NameRule),
        Description("The import's name: its candles have the source import:<name>, and it is undone by that.")]
    string Name,
    [property: FromQuery, OneOf("none", "splits"),
        Description("What prices and volumes in the file are adjusted for: none (as traded), or splits, which are turned back by the splits on record.")]
    string Adjustment,
    [property: FromQuery, Text(20), Description("The symbol of all rows; where left out, each row names its own.")]
    string? Symbol,
    [property: FromQuery, Timeframe, Description("The interval of all rows; where left out, each row names its own, or it is told from the times.")]
    string? Timeframe,
    [property: FromQuery, Text(64), Description("The time zone, such as America/New_York or UTC, of times that name none. Days need none.")]
    string? Zone,
    [property: FromQuery, OneOf("reject", "earlier", "later"), Description("What a time means that the zone's clocks show twice when they are put back.")]
    string? Ambiguous,
    [property: FromQuery, Text(200), Description("Which column is what where its name does not tell: field:column, such as close:Last Price.")]
    string[] Columns,
    [property: FromQuery, OneOf("comma", "semicolon", "tab", "pipe"), Description("What separates the columns of a CSV file; seen where left out.")]
    string? Separator,
    [property: FromQuery, OneOf("point", "comma"), Description("The decimal sign in a CSV file.")]
    string? Decimal,
    [property: FromQuery(Name = "time_format"), Text(64), Description("How times are written in a CSV file, as .NET has it: dd/MM/yyyy HH:mm.")]
    string? TimeFormat,
    [property: FromQuery, OneOf("csv", "parquet"), Description("What kind of file it is, where Content-Type does not tell.")]
    string? Format,
    [property: FromQuery, Description("Whether thousands are grouped, by the sign that is not the decimal one.")]
    bool Thousands = false,
    [property: FromQuery(Name = "dry_run"), Description("Only report what the import would do.")]
    bool DryRun = false)
{
    internal const string NameRule = "must be 1 to 48 lower-case letters, digits, points, hyphens and underscores, and begin with a letter or digit.";
}

/// <summary>What was found in a file.</summary>
public sealed record ImportReport
{
    /// <summary>The import's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether nothing was imported.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Rows read.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that are candles of tracked symbols.</summary>
    public required long Valid { get; init; }

    /// <summary>Rows that are no candles: they can't be read, or break a structural rule.</summary>
    public required long Invalid { get; init; }

    /// <summary>Bars left out because they lie outside the regular session.</summary>
    public required long OutOfSession { get; init; }

    /// <summary>Bars left out because they had not closed.</summary>
    public required long Unclosed { get; init; }

    /// <summary>Bars left out because candles so old are not kept (<c>Storage:Retention</c>).</summary>
    public required long PastRetention { get; init; }

    /// <summary>The interval that was told from the times, where nobody said it.</summary>
    public string? TimeframeGuessed { get; init; }

    /// <summary>Each series.</summary>
    public required IReadOnlyList<ImportReportSeries> Series { get; init; }

    /// <summary>The symbols that are not tracked, or not active, with their rows; up to fifty.</summary>
    public required IReadOnlyList<UnknownSymbol> UnknownSymbols { get; init; }

    /// <summary>The first of the invalid rows.</summary>
    public required IReadOnlyList<InvalidRow> InvalidRows { get; init; }

    /// <summary>The columns that mean nothing here.</summary>
    public required IReadOnlyList<string> IgnoredColumns { get; init; }

    /// <summary>What may be otherwise than it was meant.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>The rows of one series.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Valid">Rows that are candles.</param>
/// <param name="Invalid">Rows that break a structural rule.</param>
/// <param name="First">Opening instant of the first candle, UTC; null where there is none.</param>
/// <param name="Last">Opening instant of the last candle, UTC.</param>
public sealed record ImportReportSeries(string Symbol, string Timeframe, long Valid, long Invalid, DateTime? First, DateTime? Last)
{
    /// <summary>In a dry run: candles that would be new.</summary>
    public long? New { get; init; }

    /// <summary>In a dry run: candles that are on record as they are.</summary>
    public long? Same { get; init; }

    /// <summary>In a dry run: candles that would replace others.</summary>
    public long? Changed { get; init; }

    /// <summary>In a dry run: candles that differ from a provider's, which stays (<c>Import:Precedence</c>).</summary>
    public long? Kept { get; init; }

    /// <summary>In a dry run: rows for one instant that differ from each other, none of which counts.</summary>
    public long? Conflicting { get; init; }
}

/// <summary>A symbol that is not tracked, or not active.</summary>
/// <param name="Symbol">The symbol, as it stands in the file.</param>
/// <param name="Rows">Its rows.</param>
public sealed record UnknownSymbol(string Symbol, long Rows);

/// <summary>A row that is no candle.</summary>
/// <param name="Line">Its line in the file, from 1; in Parquet, the row.</param>
/// <param name="Column">The column, as the file calls it; null where the row as a whole is wrong.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record InvalidRow(long Line, string? Column, string? Value, string Reason);

/// <summary>An import that is being stored.</summary>
/// <param name="JobId">The run that stores it.</param>
/// <param name="Status">The run's state.</param>
/// <param name="Report">What was found in the file.</param>
public sealed record ImportAccepted(Guid JobId, string Status, ImportReport Report);

/// <summary>Every import, the latest first.</summary>
/// <param name="Items">The imports.</param>
public sealed record ImportList(IReadOnlyList<ImportSummary> Items);

/// <summary>An import with its series.</summary>
/// <param name="Import">How it stands.</param>
/// <param name="Series">What came of each series.</param>
/// <param name="Report">What was found in the file; null while it is being received.</param>
public sealed record ImportDetail(ImportSummary Import, IReadOnlyList<ImportedSeries> Series, ImportReport? Report);

/// <summary>An import that is undone.</summary>
/// <param name="Name">The import.</param>
/// <param name="JobId">The run that undoes it; null when nothing of it had been stored, and it is undone.</param>
/// <param name="Status"><c>queued</c>, or <c>undone</c>.</param>
public sealed record ImportUndone(string Name, Guid? JobId, string Status);
