namespace MarketData.Simulator;

internal static class Program
{
    /// <summary>The exit code for a setting that is missing or out of range: <c>EX_CONFIG</c> of <c>sysexits.h</c>.</summary>
    private const int ConfigurationError = 78;

    private static async Task<int> Main(string[] args)
    {
        WebApplication app;
        try
        {
            app = SimulatorApp.Create(args);
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ConfigurationError;
        }

        await app.RunAsync();
        return 0;
    }
}
