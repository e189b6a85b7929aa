using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MarketData.AppHost.Hosting;

/// <summary>What happens when the app host starts: sentences in the log, checks, and how a start that fails ends.</summary>
internal static partial class StartExtensions
{
    private const int Failed = 1;

    /// <summary>Says a sentence in the log at the start.</summary>
    public static IDistributedApplicationBuilder SayAtStart(this IDistributedApplicationBuilder builder, string sentence) =>
        builder.OnBeforeStart((start, _) =>
    {
        var log = start.Services.GetRequiredService<ILoggerFactory>().CreateLogger("MarketData.AppHost");
        LogSentence(log, sentence);
        return Task.CompletedTask;
    });

    /// <summary>Keeps the app host from starting.</summary>
    /// <param name="builder">The app host.</param>
    /// <param name="sentence">Which setting is wrong, and what would be right.</param>
    public static void FailAtStart(this IDistributedApplicationBuilder builder, string sentence) =>
        builder.OnBeforeStart((_, _) => throw new StartException(sentence));

    /// <summary>Prints where to look once all that is awaited is healthy, and why one did not start.</summary>
    public static void PrintAddresses(this IDistributedApplicationBuilder builder, Func<IResource, bool> isAwaited)
    {
        // Before Aspire's own, of which one waits for as long as a resource does.
        if (builder.ExecutionContext.IsRunMode)
            builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => ActivatorUtilities.CreateInstance<AddressSummary>(services, isAwaited)));
    }

    /// <summary>Runs the app host until it is told to stop; what keeps it from starting is said in one sentence.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunToEndAsync(this DistributedApplication application)
    {
        try
        {
            await application.RunAsync();
            return 0;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sentence}")]
    private static partial void LogSentence(ILogger logger, string sentence);
}
