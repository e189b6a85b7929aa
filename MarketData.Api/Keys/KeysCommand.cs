using MarketData.Api.Database;
using MarketData.Api.Security;
using MarketData.Storage.Keys;
using MarketData.Storage.Schema;
using Npgsql;

namespace MarketData.Api.Keys;

/// <summary>
/// API keys from the command line, for whoever may read the database's connection string: <c>keys create --admin</c> makes the first one.
/// </summary>
public static class KeysCommand
{
    private const string Usage = """
        keys create --admin | --enrich | --read  [--name <name>]   makes a key and shows it, once
        keys list                                                   lists the keys, without their secrets
        keys revoke <id>                                            revokes a key at once
        """;

    /// <summary>Carries out a command.</summary>
    /// <param name="arguments">What follows <c>keys</c>.</param>
    /// <param name="output">Takes the result.</param>
    /// <param name="error">Takes what went wrong.</param>
    /// <returns>The process' exit code: 0 done, 1 not possible, 64 not understood, 78 the database is not configured.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
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
            await using var database = NpgsqlDataSource.Create(connectionString);
            if (await SchemaState.ReadAsync(database, CancellationToken.None) is { IsSufficient: false } state)
            {
                await error.WriteLineAsync(state.Shortfall);
                return 1;
            }

            return await command(new KeyStore(database), output, error);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ArgumentException)
        {
            await error.WriteLineAsync($"The database can't be used: {e.Message}");
            return 1;
        }
    }

    private delegate Task<int> Command(KeyStore keys, TextWriter output, TextWriter error);

    private static Command? Read(string[] arguments) => arguments switch
    {
        ["create", .. var options] => ReadCreate(options),
        ["list"] => ListAsync,
        ["revoke", var id] when Guid.TryParse(id, out var key) => (keys, output, error) => RevokeAsync(keys, key, output, error),
        _ => null,
    };

    private static Command? ReadCreate(string[] options)
    {
        var scopes = new List<string>();
        string? name = null;
        for (var i = 0; i < options.Length; i++)
        {
            if (Scopes.All.FirstOrDefault(scope => options[i] == "--" + scope) is { } scope)
                scopes.Add(scope);
            else if (options[i] == "--name" && ++i < options.Length && options[i].Length is > 0 and <= 100)
                name = options[i];
            else
                return null;
        }

        return scopes.Count == 0 ? null : (keys, output, _) =>
            CreateAsync(keys, new(name ?? $"{scopes[^1]} key from the command line", scopes), output);
    }

    private static async Task<int> CreateAsync(KeyStore keys, ApiKeyRequest request, TextWriter output)
    {
        var (key, secret) = await keys.CreateAsync(request, new Actor("command line", null), CancellationToken.None);
        await output.WriteLineAsync(secret);
        await output.WriteLineAsync($"""

            This is the only time that the key is shown. Send it in the header {ApiKeyAuthentication.Header}.
            id {key.Id}, name "{key.Name}", scopes {string.Join(" ", key.Scopes)}
            """);
        return 0;
    }

    private static async Task<int> ListAsync(KeyStore keys, TextWriter output, TextWriter error)
    {
        foreach (var key in await keys.ReadAllAsync(CancellationToken.None))
        {
            var state = key.RevokedAt is { } revoked ? $"revoked {revoked:u}" : key.LastUsedAt is { } used ? $"last used {used:u}" : "never used";
            await output.WriteLineAsync($"{key.Id}  {key.Prefix}…  {string.Join(" ", key.Scopes),-18}  {state}  {key.Name}");
        }

        return 0;
    }

    private static async Task<int> RevokeAsync(KeyStore keys, Guid id, TextWriter output, TextWriter error)
    {
        if (await keys.RevokeAsync(id, new Actor("command line", null), CancellationToken.None) is not { } key)
        {
            await error.WriteLineAsync($"There is no key {id}.");
            return 1;
        }

        await output.WriteLineAsync($"The key {key.Prefix}… \"{key.Name}\" is revoked.");
        return 0;
    }
}
