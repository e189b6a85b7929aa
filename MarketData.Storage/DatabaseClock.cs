using System.Globalization;
using Dapper;
using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// The time of the database's server, by which all services and nodes judge which candles have closed, how old data is and until when something
/// holds: one whose own clock is wrong, or is set while it runs, does what it would do with a right one.
/// </summary>
/// <remarks>
/// Between readings time goes on by the machine's monotonic clock, which nobody sets. Before the first reading it is the machine's. Timers and
/// durations are the machine's always.
/// </remarks>
/// <param name="machine">The machine's clock.</param>
public sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    private Reading? _reading;

    /// <summary>By how much the machine's clock is ahead of the database's; null before the first reading.</summary>
    public TimeSpan? MachineAhead => _reading is null ? null : machine.GetUtcNow() - GetUtcNow();

    /// <inheritdoc/>
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() =>
        _reading is { } reading ? reading.Time + machine.GetElapsedTime(reading.Timestamp) : machine.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Reads the database's clock, to half of what the answer takes.</summary>
    /// <returns>By how much it is ahead of where it should be by now: it was set, or this machine slept.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<TimeSpan> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var asked = GetTimestamp();
        var told = await connection.ExecuteScalarAsync<DateTime>(Sql.Command("read clock", "SELECT clock_timestamp()", null, cancellation));
        return Hear(told, asked, GetTimestamp());
    }

    // When the answer arrives, the database's time is later than what it tells, by no more than asking took. What lies within is kept, so that
    // an answer that took long makes nothing worse.
    private TimeSpan Hear(DateTimeOffset told, long asked, long answered)
    {
        var latest = told + machine.GetElapsedTime(asked, answered);
        if (_reading is not { } before)
        {
            _reading = new Reading(told + (latest - told) / 2, answered);
            return TimeSpan.Zero;
        }

        var expected = before.Time + machine.GetElapsedTime(before.Timestamp, answered);
        var time = expected < told ? told : expected > latest ? latest : expected;
        _reading = new Reading(time, answered);
        return time - expected;
    }

    /// <summary>How far one clock is from another, such as <c>61.5 min ahead of</c>.</summary>
    internal static string Words(TimeSpan ahead)
    {
        var off = ahead.Duration();
        var much = off < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{off.TotalSeconds:0.#} s")
            : string.Create(CultureInfo.InvariantCulture, $"{off.TotalMinutes:0.#} min");
        return $"{much} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")}";
    }

    private sealed record Reading(DateTimeOffset Time, long Timestamp);
}
