using System.Globalization;
using MarketData.Api.Database;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Imports;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;
using Npgsql;

namespace MarketData.Api.Imports;

/// <summary>
/// Imports from the command line, for whoever may read the database's connection string: <c>import file.csv --name=mine --adjustment=none</c>.
/// </summary>
public static class ImportCommand
{
    // EX_TEMPFAIL of sysexits.h.
    private const int NotYet = 75;
    private const string By = "command line";

    private const string Usage = """
        import <file.csv | file.parquet> --name=<name> --adjustment=none|splits [--symbol=] [--timeframe=] [--zone=] [--columns=field:column,...] ...
            brings the candles of a file; the options are the parameters of POST /api/v1/import, see docs/import.md. --dry_run=true only looks
        import predecessor --from=<connection string> --name=<name> --adjustment=none|splits [--table=market_data|market_data_v2]
            brings the candles of the Market Data Warehouse API from its own PostgreSQL database, in which nothing is changed
        import list               lists the imports
        import undo <name>        takes an import away again: what it replaced comes back

        An import is stored by an enrichment node; the command waits until it is.
        Exit code: 0 done, 1 not possible, 64 not understood, 75 handed over, but no enrichment node runs, 78 a setting is missing or wrong.
        """;

    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>Carries out a command.</summary>
    /// <param name="arguments">What follows <c>import</c>.</param>
    /// <param name="output">Takes the result.</param>
    /// <param name="error">Takes what went wrong.</param>
    /// <returns>The process' exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (arguments.Any(argument => argument is "--help" or "-h"))
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        if (Read(arguments) is not { } command)
        {
            await error.WriteLineAsync(Usage);
            return ServiceCommands.UsageError;
        }

        if (LocalDatabase.FindConnectionString(LocalDatabase.ReadSettings()) is not { } connectionString)
        {
            await error.WriteLineAsync(LocalDatabase.Missing);
            return ServiceRunner.ConfigurationError;
        }

        try
        {
            await using var services = Build(connectionString);
            if (ServiceRunner.InvalidSettings(services) is { Count: > 0 } sentences)
            {
                await error.WriteLineAsync(string.Join('\n', sentences));
                return ServiceRunner.ConfigurationError;
            }

            if (await SchemaState.ReadAsync(services.GetRequiredService<NpgsqlDataSource>(), CancellationToken.None) is { IsSufficient: false } state)
            {
                await error.WriteLineAsync(state.Shortfall);
                return 1;
            }

            return await command(services, output, error);
        }
        catch (UnreadableImportException e)
        {
            await error.WriteLineAsync($"{e.Field}: {e.Message}");
            return 1;
        }
        catch (Exception e) when (
            e is NpgsqlException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The import can't be done: {e.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    private delegate Task<int> Command(IServiceProvider services, TextWriter output, TextWriter error);

    private static Command? Read(string[] arguments) => arguments switch
    {
        ["list"] => ListAsync,
        ["undo", var name] => (services, output, error) => UndoAsync(services, name, output, error),
        ["predecessor", .. var options] when ReadOptions(options) is { } said && said.Remove("from", out var from) =>
            (services, output, error) => PredecessorAsync(services, from, said, output, error),
        [var file, .. var options] when !file.StartsWith('-') && file.Contains('.', StringComparison.Ordinal) && ReadOptions(options) is { } said =>
            (services, output, error) => FileAsync(services, file, said, output, error),
        _ => null,
    };

    // --name=value, or --name value.
    private static Dictionary<string, string>? ReadOptions(string[] options)
    {
        var said = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Length; i++)
        {
            if (!options[i].StartsWith("--", StringComparison.Ordinal))
                return null;
            if (options[i][2..].Split('=', 2) is [var name, var value])
                said[name] = value;
            else if (++i < options.Length)
                said[options[i - 1][2..]] = options[i];
            else
                return null;
        }

        return said;
    }

    private static ServiceProvider Build(string connectionString)
    {
        var settings = LocalDatabase.ReadSettings();
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System).AddSingleton(NpgsqlDataSource.Create(connectionString));
        services.AddSettings<StorageOptions>(settings.GetSection(StorageOptions.Section));
        services.AddImports(settings);
        return services.AddSingleton<SymbolStore>().AddSingleton<RunReader>().BuildServiceProvider();
    }

    private static async Task<int> FileAsync(
        IServiceProvider services, string path, Dictionary<string, string> said, TextWriter output, TextWriter error)
    {
        var isParquet = said.Remove("format", out var format) ? format == "parquet" : path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);
        if (await SettingsAsync(said, error) is not var (settings, dryRun))
            return ServiceCommands.UsageError;
        await using var file = File.OpenRead(path);
        await using IBarRows rows = isParquet
            ? await ParquetRows.OpenAsync(file, settings.Reading, CancellationToken.None)
            : await CsvRows.OpenAsync(file, settings.Reading, CancellationToken.None);
        return await TakeAsync(services, rows, settings, dryRun, output, error);
    }

    private static async Task<int> PredecessorAsync(
        IServiceProvider services, string from, Dictionary<string, string> said, TextWriter output, TextWriter error)
    {
        said.Remove("table", out var table);
        if (await SettingsAsync(said, error) is not var (settings, dryRun))
            return ServiceCommands.UsageError;
        await using var database = NpgsqlDataSource.Create(from);
        var reader = new PredecessorReader(database);
        var found = await reader.FindAsync(CancellationToken.None);
        if (table is null ? found.Count != 1 : !found.Contains(table))
        {
            await error.WriteLineAsync(found.Count > 1
                ? $"There is more than one table of candles: say --table={string.Join(" or --table=", found)}."
                : $"There are no candles in {table ?? string.Join(" or ", PredecessorReader.Tables)}.");
            return 1;
        }

        await using var rows = new PredecessorRows(reader, table ?? found[0]);
        return await TakeAsync(services, rows, settings, dryRun, output, error);
    }

    private static async Task<(ImportSettings Settings, bool DryRun)?> SettingsAsync(Dictionary<string, string> said, TextWriter error)
    {
        var objections = new Dictionary<string, string[]>();
        var query = QueryOf(said, objections);
        var settings = objections.Count == 0 ? ImportSettingsReader.Read(query, objections) : null;
        foreach (var (name, why) in objections)
            await error.WriteLineAsync($"--{name}: {why[0]}");
        return settings is null ? null : (settings, query.DryRun);
    }

    // By the rules of the parameters of POST /import.
    private static ImportQuery QueryOf(Dictionary<string, string> said, Dictionary<string, string[]> objections)
    {
        var left = new Dictionary<string, string>(said, StringComparer.OrdinalIgnoreCase);
        string? Take(string name, string property)
        {
            left.Remove(name, out var value);
            var rules = typeof(ImportQuery).GetProperty(property)!.GetCustomAttributes(true).OfType<ValidationAttribute>();
            if (value is not null && rules.FirstOrDefault(rule => !rule.IsValid(value)) is { } broken)
                objections[name] = [broken.FormatErrorMessage(name)];
            return value;
        }

        bool Flag(string name)
        {
            left.Remove(name, out var value);
            if (value is not null && !bool.TryParse(value, out _))
                objections[name] = ["must be true or false."];
            return value is not null && bool.TryParse(value, out var flag) && flag;
        }

        var (name, adjustment) = (Take("name", nameof(ImportQuery.Name)), Take("adjustment", nameof(ImportQuery.Adjustment)));
        if (name is null)
            objections["name"] = [ImportQuery.NameRule];
        if (adjustment is null)
            objections["adjustment"] = ["must be said: none for prices as traded, splits for prices adjusted for splits."];
        var columns = left.Remove("columns", out var list) ? list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
        var query = new ImportQuery(
            name ?? "", adjustment ?? "", Take("symbol", nameof(ImportQuery.Symbol)), Take("timeframe", nameof(ImportQuery.Timeframe)),
            Take("zone", nameof(ImportQuery.Zone)), Take("ambiguous", nameof(ImportQuery.Ambiguous)), columns,
            Take("separator", nameof(ImportQuery.Separator)), Take("decimal", nameof(ImportQuery.Decimal)),
            Take("time_format", nameof(ImportQuery.TimeFormat)), null, Flag("thousands"), Flag("dry_run"));
        foreach (var unknown in left.Keys)
            objections[unknown] = ["is no option of this command; see import --help."];
        return query;
    }

    private static async Task<int> TakeAsync(
        IServiceProvider services, IBarRows rows, ImportSettings settings, bool dryRun, TextWriter output, TextWriter error)
    {
        var intake = services.GetRequiredService<ImportIntake>();
        if (dryRun)
        {
            await WriteAsync(await intake.LookAsync(rows, settings, CancellationToken.None), output);
            return 0;
        }

        var request = new RunRequest { Trigger = RunTrigger.Import, RequestedBy = By };
        var (report, run) = await intake.TakeAsync(rows, settings, request, CancellationToken.None);
        if (report is not null)
            await WriteAsync(report, output);
        if (run is not null)
            return await AwaitAsync(services, settings.Name, output, error);
        await error.WriteLineAsync(
            $"The import '{settings.Name}' is being stored or undone, or work on the very same range of a symbol waits. Try again later.");
        return 1;
    }

    private static async Task<int> ListAsync(IServiceProvider services, TextWriter output, TextWriter error)
    {
        foreach (var import in await services.GetRequiredService<ImportStore>().ReadAllAsync(CancellationToken.None))
            await output.WriteLineAsync($"{import.Name,-24}  {import.State,-10}  {import.CreatedAt:u}  {Figures(import)}  {import.RequestedBy}");
        return 0;
    }

    private static async Task<int> UndoAsync(IServiceProvider services, string name, TextWriter output, TextWriter error)
    {
        var request = new RunRequest { Trigger = RunTrigger.Import, RequestedBy = By };
        var (outcome, _) = await services.GetRequiredService<ImportStore>().UndoAsync(name, request, CancellationToken.None);
        switch (outcome)
        {
            case ImportUndoOutcome.Queued:
                return await AwaitAsync(services, name, output, error);
            case ImportUndoOutcome.NothingStored:
                await output.WriteLineAsync($"Nothing of '{name}' was stored.");
                return 0;
            default:
                await error.WriteLineAsync(
                    outcome == ImportUndoOutcome.Unknown
                        ? $"There is no import '{name}'."
                        : $"The import '{name}' is being stored or undone. Try again later.");
                return 1;
        }
    }

    // The work is a node's: without one it waits, and so does nobody here.
    private static async Task<int> AwaitAsync(IServiceProvider services, string name, TextWriter output, TextWriter error)
    {
        var (imports, runs) = (services.GetRequiredService<ImportStore>(), services.GetRequiredService<RunReader>());
        var time = services.GetRequiredService<TimeProvider>();
        while (true)
        {
            var import = await imports.ReadAsync(name, CancellationToken.None)
                ?? throw new InvalidOperationException($"The import '{name}' is no longer there.");
            switch (import.State)
            {
                case "completed" or "undone":
                    await output.WriteLineAsync($"{name}: {import.State}. {Figures(import)}");
                    return 0;
                case "failed":
                    await error.WriteLineAsync(
                        $"{name}: failed. {Figures(import)} Its run, {import.JobId}, says why; try again by bringing or undoing it again.");
                    return 1;
            }

            if (!await runs.IsAnyNodeAliveAsync(CancellationToken.None))
            {
                await error.WriteLineAsync($"{name}: handed over. No enrichment node runs; the next that starts goes on with it.");
                return NotYet;
            }

            await Task.Delay(Glance, time);
        }
    }

    private static string Figures(ImportSummary import) => string.Create(
        CultureInfo.InvariantCulture,
        $"{import.Received} received, {import.Inserted} new, {import.Updated} changed, {import.Unchanged} left, {import.Rejected} rejected, {import.Waiting} waiting.");

    private static async Task WriteAsync(ImportReport report, TextWriter output)
    {
        await output.WriteLineAsync(
            $"{report.Rows} rows, {report.Valid} valid, {report.Invalid} invalid, {report.OutOfSession} out of session, {report.Unclosed} not closed, "
            + $"{report.PastRetention} past retention{(report.TimeframeGuessed is { } guessed ? $"; the interval was told from the times: {guessed}" : "")}");
        foreach (var one in report.Series)
        {
            await output.WriteLineAsync(
                $"  {one.Symbol} {one.Timeframe}: {one.Valid} valid, {one.Invalid} invalid, {one.First:yyyy-MM-dd HH:mm} to {one.Last:yyyy-MM-dd HH:mm}"
                + (one.New is null ? "" : $"; {one.New} new, {one.Same} same, {one.Changed} changed, {one.Kept} kept, {one.Conflicting} conflicting"));
        }

        foreach (var unknown in report.UnknownSymbols)
            await output.WriteLineAsync($"  not tracked: {unknown.Symbol}, {unknown.Rows} {(unknown.Rows == 1 ? "row" : "rows")}");
        foreach (var row in report.InvalidRows)
            await output.WriteLineAsync($"  line {row.Line}{(row.Column is null ? "" : $", column {row.Column}")}: {row.Value} {row.Reason}");
        foreach (var warning in report.Warnings)
            await output.WriteLineAsync($"  {warning}");
    }
}
