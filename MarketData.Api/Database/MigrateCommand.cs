using MarketData.Storage;
using MarketData.Storage.Schema;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>Brings the database to this build's schema, before the services of it are started: <c>migrate</c>.</summary>
public static class MigrateCommand
{
    private const string Usage = """
        migrate [--Section:Setting=value ...]   brings the database of ConnectionStrings:marketdata to the schema that this build needs

        Says each migration that it applies. Then it sets what Storage:* says of the database: partitions, compression, who may read. What is as
        it should be stays as it is, so that it may be run at any time; two at once wait for each other, and one that was broken off is run again.
        Settings are those of the services: from the environment, such as ConnectionStrings__marketdata, or given here.
        Exit code: 0 the schema is this build's, 1 not possible, 64 not understood, 78 a setting is missing or wrong.
        """;

    /// <summary>Carries it out.</summary>
    /// <param name="arguments">What follows <c>migrate</c>.</param>
    /// <param name="output">Takes what was done.</param>
    /// <param name="error">Takes what went wrong, in one sentence.</param>
    /// <returns>The process' exit code: 0 done, 1 not possible, 64 not understood, 78 a setting is missing or wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (arguments.Any(argument => argument is "--help" or "-h"))
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        if (ServiceCommands.FirstThatIsNoSetting(arguments) is { } unknown)
        {
            await error.WriteLineAsync($"Not a setting: {unknown}\n{Usage}");
            return ServiceCommands.UsageError;
        }

        var settings = LocalDatabase.ReadSettings(arguments);
        if (LocalDatabase.FindConnectionString(settings) is not { } connectionString)
            return await FailAsync(error, ServiceRunner.ConfigurationError, LocalDatabase.Missing);
        await using var services = new ServiceCollection().AddSettings<StorageOptions>(settings.GetSection(StorageOptions.Section)).BuildServiceProvider();
        return ServiceRunner.InvalidSettings(services) is { Count: > 0 } sentences
            ? await FailAsync(error, ServiceRunner.ConfigurationError, string.Join('\n', sentences))
            : await MigrateAsync(connectionString, services.GetRequiredService<IOptions<StorageOptions>>().Value, output, error);
    }

    private static async Task<int> MigrateAsync(string connectionString, StorageOptions settings, TextWriter output, TextWriter error)
    {
        try
        {
            var migrator = new DatabaseMigrator(new LineLogger<DatabaseMigrator>(output), TimeProvider.System);
            var result = await migrator.MigrateAsync(connectionString, settings, CancellationToken.None);
            await output.WriteLineAsync(
                result.IsUnchanged ? $"The schema is up to date ({result.Version})." : $"The schema is {result.Version} now.");
            return 0;
        }
        catch (ArgumentException e)
        {
            return await FailAsync(error, ServiceRunner.ConfigurationError, $"ConnectionStrings:marketdata is no connection string: {OneLine(e.Message)}");
        }
        catch (NpgsqlException e)
        {
            return await FailAsync(error, 1, $"The database can't be used: {OneLine(e.Message)}");
        }
        catch (InvalidOperationException e)
        {
            return await FailAsync(error, 1, OneLine(e.Message));
        }
    }

    private static async Task<int> FailAsync(TextWriter error, int exitCode, string sentence)
    {
        await error.WriteLineAsync(sentence);
        return exitCode;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
