using System.Globalization;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>Finds the database for commands that are given by hand.</summary>
public static class LocalDatabase
{
    private const int PortLine = 3;

    /// <summary>What is said when there is none.</summary>
    public const string Missing = "ConnectionStrings:marketdata is missing: set ConnectionStrings__marketdata to the PostgreSQL database to use, "
        + "or run this in the folder where the app host keeps its data while it runs.";

    /// <summary>The settings of the service, from its file, from user secrets, from the environment, and from arguments.</summary>
    public static IConfiguration ReadSettings(params string[] arguments) =>
        new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true)
            .AddUserSecrets(typeof(LocalDatabase).Assembly, optional: true).AddEnvironmentVariables().AddCommandLine(arguments).Build();

    /// <summary>
    /// The configured connection string; else the way to the server that the app host runs on this machine, found by the files that it keeps
    /// in <c>DataDirectory</c>, or in <c>.data</c> here or in a folder above. Who may not read them finds nothing.
    /// </summary>
    public static string? FindConnectionString(IConfiguration settings) => settings.GetConnectionString("marketdata") is { Length: > 0 } configured
        ? configured
        : Folders(settings["DataDirectory"]).Select(FromFolder).FirstOrDefault(found => found is not null);

    private static IEnumerable<string> Folders(string? configured)
    {
        if (configured is not null)
            yield return configured;
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, ".data");
    }

    private static string? FromFolder(string folder)
    {
        var (password, process) = (Path.Combine(folder, "postgres.password"), Path.Combine(folder, "postgres", "postmaster.pid"));
        try
        {
            return File.Exists(password) && File.ReadAllLines(process) is { Length: > PortLine } lines
                ? new NpgsqlConnectionStringBuilder
                {
                    Host = "127.0.0.1",
                    Port = int.Parse(lines[PortLine], CultureInfo.InvariantCulture),
                    Username = "postgres",
                    Password = File.ReadAllText(password).Trim(),
                    Database = "marketdata",
                }.ConnectionString
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The server does not run, or belongs to somebody else.
            return null;
        }
    }
}
