using System.Diagnostics;

namespace MarketData.Testing.Releases;

/// <summary>A release that a rolling update to this version may start from: a line of <c>deploy/releases.txt</c>.</summary>
/// <param name="Schema">The number of its newest migration, such as <c>0110</c>.</param>
/// <param name="Revision">Its revision in this repository.</param>
public sealed record FormerRelease(string Schema, string Revision)
{
    /// <summary>All of them, oldest first.</summary>
    public static IReadOnlyList<FormerRelease> All { get; } =
    [
        .. from line in File.ReadLines(Path.Combine(AppHostProcess.RepositoryRoot(), "deploy", "releases.txt"))
           where !line.StartsWith('#')
           let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where words.Length == 2
           select new FormerRelease(words[0], words[1]),
    ];

    /// <summary>Those that this version has a newer schema than.</summary>
    public static IEnumerable<FormerRelease> Older
    {
        get
        {
            var newest = Directory.EnumerateFiles(Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.Storage", "Migrations"), "*.sql")
                .Max(file => Path.GetFileName(file).Split('_')[0]);
            return All.Where(release => string.CompareOrdinal(release.Schema, newest) < 0);
        }
    }

    /// <summary>The one of a schema.</summary>
    public static FormerRelease Of(string schema) => All.Single(release => release.Schema == schema);

    /// <summary>
    /// Why nothing but this release's schema can be had here: the history of the repository is not at hand, as in a shallow clone or an
    /// archive. Null when it is.
    /// </summary>
    public async Task<string?> WhyUnavailableAsync(CancellationToken cancellation)
    {
        try
        {
            var (code, _) = await RunAsync("git", ["cat-file", "-e", $"{Revision}^{{commit}}"], AppHostProcess.RepositoryRoot(), cancellation);
            return code == 0 ? null : $"This clone does not have the history back to release {Schema}, {Revision}.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "git is not installed, by which former releases are had.";
        }
    }

    /// <summary>The text of a file as it was in the release.</summary>
    public async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        var (code, output) = await RunAsync("git", ["show", $"{Revision}:{path}"], AppHostProcess.RepositoryRoot(), cancellation);
        return code == 0 ? output : throw new InvalidOperationException($"Release {Schema} has no {path}: {output}");
    }

    /// <summary>
    /// Builds programs of the release, unless they were built before: they are kept beside those of other revisions, where nothing that this
    /// repository builds reaches them.
    /// </summary>
    /// <param name="projects">The projects, such as <c>MarketData.Api</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The release's root; <see cref="AppHostProcess.Program"/> finds a program in a folder of it.</returns>
    /// <exception cref="InvalidOperationException">It does not build; carries what the compiler said.</exception>
    public async Task<string> BuildAsync(IReadOnlyList<string> projects, CancellationToken cancellation)
    {
        var root = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "marketdata", "releases", Revision);
        await ExportAsync(root, cancellation);
        var configuration = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)[^2];
        foreach (var project in projects)
        {
            var built = AppHostProcess.Program(Path.Combine(root, project)) + ".built";
            if (File.Exists(built))
                continue;
            // What was clean when it was released may not be by the rules and advisories of today.
            string[] arguments =
            [
                "build", project, "--configuration", configuration, "--verbosity", "quiet", "--nologo",
                "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:NuGetAudit=false",
            ];
            var (code, output) = await RunAsync("dotnet", arguments, root, cancellation);
            if (code != 0)
                throw new InvalidOperationException($"{project} of release {Schema} does not build:\n{output}");
            await File.WriteAllTextAsync(built, "", cancellation);
        }

        return root;
    }

    // Under another name until it is whole: a test that was broken off leaves nothing that passes for a release.
    private async Task ExportAsync(string root, CancellationToken cancellation)
    {
        if (Directory.Exists(root))
            return;
        var part = $"{root}.{Environment.ProcessId}";
        var archive = part + ".tar";
        Directory.CreateDirectory(part);
        var (code, output) = await RunAsync(
            "git", ["archive", $"--output={archive}", Revision], AppHostProcess.RepositoryRoot(), cancellation);
        if (code != 0)
            throw new InvalidOperationException($"git archive failed: {output}");
        await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(archive, part, overwriteFiles: true, cancellation);
        File.Delete(archive);
        Directory.Move(part, root);
    }

    private static async Task<(int Code, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What msbuild told the tests' own process is of this repository.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await error);
    }
}
