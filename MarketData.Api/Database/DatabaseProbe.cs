using MarketData.Storage.Dashboard;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>Asks whether the database answers, once for everybody who wants to know at the same time, on a connection kept for that.</summary>
public sealed class DatabaseProbe(IOptionsMonitor<NpgsqlSettings> settings, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The connection's name in <c>pg_stat_activity</c>.</summary>
    public const string ApplicationName = "MarketData probe";

    // Counted in short waits rather than by the clock: on a machine that is too busy each of them takes longer, as does the answer.
    private const int Waits = 40;
    private const int QuestionTimeoutSeconds = 5;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly NpgsqlDataSource _own = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Get(DatabaseSetup.ConnectionName).ConnectionString)
    {
        ApplicationName = ApplicationName,
        MinPoolSize = 0,
        MaxPoolSize = 1,
        Timeout = QuestionTimeoutSeconds,
        CommandTimeout = QuestionTimeoutSeconds,
        CancellationTimeout = -1,
    });

    private Task<bool> _question = Task.FromResult(true);
    private Task<bool> _answer = Task.FromResult(true);

    /// <summary>Whether it answers within about a second; false at once while an earlier question has waited that long already.</summary>
    public Task<bool> IsAnsweringAsync()
    {
        lock (_gate)
        {
            if (!_answer.IsCompleted)
                return _answer;
            if (!_question.IsCompleted)
                return Task.FromResult(false);
            _question = Task.Run(AskAsync);
            return _answer = ListenAsync(_question);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _own.DisposeAsync();

    private async Task<bool> ListenAsync(Task<bool> question)
    {
        for (var wait = 0; wait < Waits && !question.IsCompleted; wait++)
            await ((Task)question).WaitAsync(Wait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return question.IsCompleted && await question;
    }

    // The kept connection may be one to a server that has been restarted since: a second try makes another.
    private async Task<bool> AskAsync() => await AskOnceAsync() || await AskOnceAsync();

    private async Task<bool> AskOnceAsync()
    {
        try
        {
            await new HealthReader(_own).PingAsync(CancellationToken.None);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // It has no connection to spare, and says so: it is there.
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }
}
