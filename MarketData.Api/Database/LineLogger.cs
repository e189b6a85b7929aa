namespace MarketData.Api.Database;

/// <summary>Writes what a command's parts log, a line each and nothing around it.</summary>
/// <param name="output">Takes the lines.</param>
internal sealed class LineLogger<T>(TextWriter output) : ILogger<T>
{
    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            output.WriteLine(formatter(state, exception));
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
