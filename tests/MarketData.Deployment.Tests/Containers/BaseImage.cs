using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MarketData.Testing.Tools;

namespace MarketData.Deployment.Tests.Containers;

/// <summary>
/// An image like the chiselled one that the services are published on: .NET's runtime and the libraries that it needs, a user, no shell.
/// Made of this machine's own files, since a machine that tests may have no way to a public registry.
/// </summary>
internal static partial class BaseImage
{
    // What the runtime looks for by name when it needs it.
    private static readonly string[] LoadedByName =
        ["libssl.so.3", "libcrypto.so.3", "libicuuc.so", "libicui18n.so", "libicudata.so", "libgssapi_krb5.so.2", "libnss_dns.so.2"];

    /// <summary>Puts it into a registry, under the name given.</summary>
    public static async Task PushAsync(ContainerEngine engine, string name)
    {
        var files = Directory.CreateDirectory(Path.Combine(engine.Directory, "base")).FullName;
        Directory.CreateDirectory(Path.Combine(files, "etc"));
        await File.WriteAllTextAsync(Path.Combine(files, "etc/passwd"), "root:x:0:0::/root:/sbin/nologin\napp:x:1654:1654::/home/app:/sbin/nologin\n");
        await File.WriteAllTextAsync(Path.Combine(files, "etc/group"), "root:x:0:\napp:x:1654:\n");
        await File.WriteAllTextAsync(Path.Combine(files, "etc/nsswitch.conf"), "hosts: files dns\n");
        var runtime = RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/');
        var dotnet = Path.GetFullPath(Path.Combine(runtime, "../../.."));
        var version = Path.GetFileName(runtime);
        List<string> content =
        [
            $"{dotnet}/dotnet", $"{dotnet}/host", $"{dotnet}/shared/Microsoft.NETCore.App/{version}", $"{dotnet}/shared/Microsoft.AspNetCore.App/{version}",
            "/usr/share/zoneinfo", "/etc/ssl/certs/ca-certificates.crt", .. await LibrariesAsync(runtime, dotnet),
        ];
        var list = Path.Combine(engine.Directory, "base.txt");
        await File.WriteAllLinesAsync(list, content.Where(path => File.Exists(path) || Directory.Exists(path)).Select(path => path.TrimStart('/')));
        await engine.PipeAsync(
            $"tar -ch -C / -T {list} -C {files} etc | $podman import --quiet -c 'USER 1654' -c 'ENV PATH={dotnet}' "
            + $"-c 'ENV DOTNET_RUNNING_IN_CONTAINER=true ASPNETCORE_HTTP_PORTS=8080' -c 'ENV DOTNET_VERSION={version}' - {name}");
        await engine.RunAsync("push", "--quiet", "--tls-verify=false", name);
    }

    private static async Task<IEnumerable<string>> LibrariesAsync(string runtime, string dotnet)
    {
        var known = (await PrintedAsync("ldconfig", "-p")).Split('\n').Select(line => line.Trim())
            .Where(line => line.Contains("x86-64", StringComparison.Ordinal) && LoadedByName.Any(name => line.StartsWith(name, StringComparison.Ordinal)))
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .ToList();
        var own = Directory.EnumerateFiles(runtime, "*.so").Append($"{dotnet}/dotnet");
        var needed = Library().Matches(await PrintedAsync("ldd", [.. own, .. known])).Select(match => match.Groups["path"].Value);
        return known.Concat(needed).Distinct();
    }

    // ldd's exit code says whether every file needs libraries, which need not be.
    private static async Task<string> PrintedAsync(string program, params string[] arguments) =>
        (await Tool.RunAsync("/", Tool.Find(program) ?? $"/sbin/{program}", arguments)).Output;

    [GeneratedRegex(@"^\s+(\S+ => )?(?<path>/(usr/)?lib\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Library();
}
