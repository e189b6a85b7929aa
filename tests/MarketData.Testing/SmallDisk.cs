using System.Diagnostics;
using Npgsql;

namespace MarketData.Testing;

/// <summary>A file system in memory, of some megabytes, that a test may fill.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Why tests with one are skipped, for <c>Assert.SkipUnless</c>.</summary>
    public const string Impossible = "Only root can mount a small file system.";

    private readonly string _mount = Directory.CreateTempSubdirectory("marketdata-disk-").FullName;

    private SmallDisk()
    {
    }

    /// <summary>Whether one can be made here.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    private string Tables => Path.Combine(_mount, "tables");

    private string Filler => Path.Combine(_mount, "filler");

    /// <summary>Makes one.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes, CancellationToken cancellation)
    {
        var disk = new SmallDisk();
        await RunAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk._mount], cancellation);
        Directory.CreateDirectory(disk.Tables);
        await RunAsync(["chmod", "755", disk._mount], cancellation);
        await RunAsync(["chown", "postgres", disk.Tables], cancellation);
        return disk;
    }

    /// <summary>Makes a database on it, with the current schema.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> CreateDatabaseAsync(TestPostgres server, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(server);
        var administration = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "template1", Pooling = false };
        await using var connection = new NpgsqlConnection(administration.ConnectionString);
        await connection.OpenAsync(cancellation);
        foreach (var sql in (string[])[$"CREATE TABLESPACE small LOCATION '{Tables}'", "CREATE DATABASE small TEMPLATE postgres TABLESPACE small"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "small" }.ConnectionString;
    }

    /// <summary>Fills it to the last block.</summary>
    public void Fill()
    {
        using var file = File.Create(Filler);
        var block = new byte[4096];
        try
        {
            while (true)
                RandomAccess.Write(file.SafeFileHandle, block, RandomAccess.GetLength(file.SafeFileHandle));
        }
        catch (IOException)
        {
            // There is no room left, which was the aim.
        }
    }

    /// <summary>Makes the room free again.</summary>
    public void Free() => File.Delete(Filler);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync(["umount", "--lazy", _mount], CancellationToken.None);
        Directory.Delete(_mount);
    }

    private static async Task RunAsync(string[] command, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} failed: {error}");
    }
}
