using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Recorded;

/// <summary>A provider that answers what was recorded: the first time a path is asked for its first answer, then the next, and the last from then on.</summary>
internal sealed class RecordedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(int Status, string Body, string Type)>> _answers = [];

    private RecordedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>Paths with their queries, as asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<RecordedServer> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new RecordedServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancellation);
        return server;
    }

    /// <summary>Adds a recorded answer for the paths that begin so.</summary>
    public RecordedServer With(string path, string file, int status = 200) =>
        WithText(path, Recording.Text(file), file.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/html", status);

    /// <summary>Adds an answer that is there for the recorded ones to be asked for.</summary>
    public RecordedServer WithText(string path, string body, string type = "application/json", int status = 200)
    {
        _answers.GetOrAdd(path, _ => []).Enqueue((status, body, type));
        return this;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.ToString();
        Requests.Enqueue(path + context.Request.QueryString);
        var answers = _answers.Where(one => path.StartsWith(one.Key, StringComparison.Ordinal)).OrderByDescending(one => one.Key.Length)
            .Select(one => one.Value).FirstOrDefault();
        if (answers is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (answers.Count == 1 ? !answers.TryPeek(out var answer) : !answers.TryDequeue(out answer))
            throw new InvalidOperationException($"There is no answer left for {path}.");
        (context.Response.StatusCode, context.Response.ContentType) = (answer.Status, answer.Type);
        return context.Response.WriteAsync(answer.Body);
    }
}
