using System.Threading.Channels;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Hears what is logged while jobs are worked on, and keeps it for <see cref="JobLogWriter"/>. Whoever logs never waits for it: of lines that
/// come faster than they can be stored, and of an attempt with very many, the latest are left out. All are in the service's own log.
/// </summary>
public sealed class JobLog(TimeProvider time) : ILoggerProvider
{
    private const int MostWaiting = 20_000;
    private const int MostOfAttempt = 1_000;
    private const int LongestText = 4_000;

    private static readonly AsyncLocal<Attempt?> Current = new();

    private readonly Channel<JobLogLine> _lines = Channel.CreateBounded<JobLogLine>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>The lines that wait to be stored.</summary>
    public ChannelReader<JobLogLine> Lines => _lines.Reader;

    /// <summary>From now on, until what is returned is disposed of, all that this flow of execution logs is the job's.</summary>
    public static IDisposable Begin(ClaimedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var attempt = new Attempt(job.Id, job.Attempt);
        Current.Value = attempt;
        return attempt;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this);

    /// <inheritdoc/>
    public void Dispose() => _lines.Writer.TryComplete();

    private void Add(Attempt attempt, LogLevel level, string message, Exception? exception)
    {
        var place = attempt.Next();
        if (place > MostOfAttempt)
            return;
        _lines.Writer.TryWrite(new JobLogLine
        {
            Job = attempt.Job,
            Attempt = attempt.Number,
            LoggedAt = time.GetUtcNow().UtcDateTime,
            Level = Name(level),
            Message = place == MostOfAttempt ? "Further lines of this attempt are in the service's log alone." : Short(message),
            Exception = exception is null ? null : Short(Describe(exception)),
        });
    }

    // What happened, without the stack: that is in the service's own log, for whoever may read it.
    private static string Describe(Exception exception)
    {
        var described = $"{exception.GetType().Name}: {exception.Message}";
        return exception.InnerException is { } inner ? $"{described}\n{Describe(inner)}" : described;
    }

    private static string Name(LogLevel level) => level switch
    {
        >= LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "information",
        _ => "debug",
    };

    private static string Short(string text) => text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "…") : text;

    private sealed class Attempt(long job, int number) : IDisposable
    {
        private int _lines;

        public long Job => job;

        public int Number => number;

        public int Next() => Interlocked.Increment(ref _lines);

        public void Dispose() => Current.Value = null;
    }

    private sealed class Logger(JobLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && Current.Value is not null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel != LogLevel.None && Current.Value is { } attempt)
                log.Add(attempt, logLevel, formatter(state, exception), exception);
        }
    }
}
