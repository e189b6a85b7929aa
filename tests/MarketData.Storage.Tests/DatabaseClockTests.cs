using MarketData.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests;

public sealed class DatabaseClockTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(2);
    private readonly MachineClock _machine = new();
    private TestDatabase _database = null!;
    private DatabaseClock _clock = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _clock = new DatabaseClock(_machine);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(-40_000_000)]
    public async Task A_machine_whose_clock_is_off_goes_by_the_databases(double offBySeconds)
    {
        var off = TimeSpan.FromSeconds(offBySeconds);
        _machine.Wall = off;
        _clock.GetUtcNow().ShouldBe(_machine.GetUtcNow(), Precision, "The database was not asked yet.");

        await _clock.ReadAsync(_database.DataSource, Cancellation);

        _clock.GetUtcNow().ShouldBe(DateTimeOffset.UtcNow, Precision);
        _clock.MachineAhead.ShouldNotBeNull().ShouldBe(off, Precision);
    }

    [Fact]
    public async Task A_clock_that_is_set_while_the_database_is_away_changes_nothing()
    {
        await _clock.ReadAsync(_database.DataSource, Cancellation);

        foreach (var minutes in (int[])[7, -7, 90])
        {
            _machine.Wall = TimeSpan.FromMinutes(minutes);
            _clock.GetUtcNow().ShouldBe(DateTimeOffset.UtcNow, Precision);
            _clock.MachineAhead.ShouldNotBeNull().ShouldBe(TimeSpan.FromMinutes(minutes), Precision);
        }
    }

    [Fact]
    public async Task A_machine_that_slept_is_right_again_with_the_next_reading()
    {
        await _clock.ReadAsync(_database.DataSource, Cancellation);
        _machine.Slept = TimeSpan.FromMinutes(3);
        _clock.GetUtcNow().ShouldBe(DateTimeOffset.UtcNow.AddMinutes(-3), Precision, "Late, so that nothing counts as closed that has not.");

        (await _clock.ReadAsync(_database.DataSource, Cancellation)).ShouldBe(TimeSpan.FromMinutes(3), Precision);

        _clock.GetUtcNow().ShouldBe(DateTimeOffset.UtcNow, Precision);
    }

    [Fact]
    public async Task An_answer_that_took_long_moves_nothing()
    {
        await using var wire = TcpProxy.ToServerOf(_database.ConnectionString);
        await using var slow = NpgsqlDataSource.Create(wire.Through(_database.ConnectionString));
        await _clock.ReadAsync(slow, Cancellation);
        var before = _clock.GetUtcNow() - DateTimeOffset.UtcNow;
        wire.ToClient = new WireConditions { Latency = TimeSpan.FromSeconds(1) };

        (await _clock.ReadAsync(slow, Cancellation)).ShouldBe(TimeSpan.Zero, TimeSpan.FromMilliseconds(100));

        (_clock.GetUtcNow() - DateTimeOffset.UtcNow).ShouldBe(before, TimeSpan.FromMilliseconds(100));
    }

    [Theory]
    [InlineData(3, HealthStatus.Healthy)]
    [InlineData(-3600, HealthStatus.Degraded)]
    [InlineData(3600, HealthStatus.Degraded)]
    public async Task Health_says_when_the_machines_clock_is_far_off(double offBySeconds, HealthStatus expected)
    {
        _machine.Wall = TimeSpan.FromSeconds(offBySeconds);
        await _clock.ReadAsync(_database.DataSource, Cancellation);
        using var watch = new DatabaseClockWatch(_clock, _database.DataSource, NullLogger<DatabaseClockWatch>.Instance);

        var health = await watch.CheckHealthAsync(new HealthCheckContext(), Cancellation);

        health.Status.ShouldBe(expected);
        if (expected == HealthStatus.Degraded)
            health.Description.ShouldNotBeNull().ShouldContain(offBySeconds > 0 ? "60 min ahead of the database's" : "60 min behind the database's");
    }

    private sealed class MachineClock : TimeProvider
    {
        public TimeSpan Wall { get; set; }

        public TimeSpan Slept { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Wall;

        public override long GetTimestamp() => base.GetTimestamp() - (long)(Slept.TotalSeconds * TimestampFrequency);
    }
}
