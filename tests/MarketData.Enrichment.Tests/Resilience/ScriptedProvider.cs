using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>A provider on a port of its own that answers each request, numbered from 1, as the test says, and notes when it came.</summary>
internal sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<long> _arrivals = new();
    private int _requests;
    private int _active;
    private int _mostActive;

    private ScriptedProvider(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(async context =>
        {
            _arrivals.Enqueue(Stopwatch.GetTimestamp());
            InterlockedMax(ref _mostActive, Interlocked.Increment(ref _active));
            try
            {
                await answer(context, Interlocked.Increment(ref _requests));
            }
            finally
            {
                Interlocked.Decrement(ref _active);
            }
        });
    }

    public Uri Address => new(_app.Urls.First() + "/");

    public int Requests => Volatile.Read(ref _requests);

    public int MostActive => Volatile.Read(ref _mostActive);

    public int Active => Volatile.Read(ref _active);

    /// <summary>Time from the first request to the second, and so on.</summary>
    public IReadOnlyList<TimeSpan> Intervals => [.. _arrivals.Zip(_arrivals.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one, next))];

    public static async Task<ScriptedProvider> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var provider = new ScriptedProvider(answer);
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
            seen = Interlocked.CompareExchange(ref target, value, seen) is var before && before == seen ? value : before;
    }
}
