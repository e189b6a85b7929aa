using Microsoft.Extensions.Configuration;

namespace MarketData.AppHost.Hosting;

/// <summary>The container engine of this machine.</summary>
/// <param name="Program">Its command: <c>docker</c>, <c>podman</c>, or what <c>ASPIRE_CONTAINER_RUNTIME</c> names.</param>
/// <param name="Answers">Whether it takes orders; one that is installed may be stopped.</param>
internal sealed record ContainerEngine(string Program, bool Answers)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PullTimeout = TimeSpan.FromMinutes(5);
    private static readonly string[] Known = ["docker", "podman"];

    /// <summary>
    /// The engine that Aspire will use: the configured one, else the first that answers, else one that is installed; null when none is.
    /// </summary>
    public static ContainerEngine? Find(IConfiguration configuration)
    {
        var installed = Candidates(configuration).Where(program => Executables.Find(program) is not null).ToList();
        var answering = installed.Find(program => Succeeds(AnswerTimeout, program, "container", "ls", "-n", "1"));
        return (answering ?? installed.FirstOrDefault()) is { } program ? new ContainerEngine(program, answering is not null) : null;
    }

    /// <summary>Says why there is no engine that answers, as the end of a sentence.</summary>
    /// <param name="found">What <see cref="Find"/> found.</param>
    /// <param name="configuration">Where the engine may be named.</param>
    public static string Missing(ContainerEngine? found, IConfiguration configuration) => found is { } silent
        ? $"{silent.Program} is installed but does not answer; start its engine to use it"
        : $"no container engine ({string.Join(" or ", Candidates(configuration))}) is installed";

    /// <summary>Whether the engine has an image, or can get it now, which may take minutes.</summary>
    public bool CanGet(string image, string tag)
    {
        // As Aspire names it.
        var name = $"docker.io/{image}:{tag}";
        if (Succeeds(AnswerTimeout, Program, "image", "inspect", name))
            return true;
        Console.WriteLine($"{Program} fetches {name}.");
        return Succeeds(PullTimeout, Program, "pull", name);
    }

    private static string[] Candidates(IConfiguration configuration) =>
        configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } configured ? [configured] : Known;

    private static bool Succeeds(TimeSpan within, params string[] command)
    {
        using var timeout = new CancellationTokenSource(within);
        try
        {
            // What the system is made of has to be known before anything asynchronous begins.
            return Command.RunAsync(command, null, timeout.Token).GetAwaiter().GetResult().ExitCode == 0;
        }
        catch (Exception e) when (e is OperationCanceledException or StartException)
        {
            return false;
        }
    }
}
