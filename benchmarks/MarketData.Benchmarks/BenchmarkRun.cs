using MarketData.Testing;

namespace MarketData.Benchmarks;

/// <summary>One run of the benchmarks: its options, and the PostgreSQL that it starts when the first of them wants one.</summary>
internal sealed class BenchmarkRun(BenchmarkOptions options) : IAsyncDisposable
{
    private PrivatePostgres? _server;

    /// <summary>What was asked for.</summary>
    public BenchmarkOptions Options { get; } = options;

    /// <summary>The server, with its usual settings; it and its data are gone when the run ends.</summary>
    public async Task<PrivatePostgres> ServerAsync(CancellationToken cancellation) => _server ??= await PrivatePostgres.StartNewAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
