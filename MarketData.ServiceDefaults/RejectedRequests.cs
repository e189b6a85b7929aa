using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Gives a body to the answer that Kestrel itself sends to what is no proper request (400, 408, 414, 431, 505): no middleware sees those.
/// </summary>
/// <remarks>
/// Kestrel announces each such request before it answers (learn.microsoft.com, "Diagnostics in Kestrel", BadHttpRequestException). Its answer can
/// be begun then, with headers, but it has no body to write to yet: so that goes straight to the connection, which ends after it. Over HTTP/2
/// there is no such answer: what is malformed there ends the stream or the connection.
/// </remarks>
internal sealed class RejectedRequests(DiagnosticListener diagnostics) : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string Rejected = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = diagnostics.Subscribe(this, static name => name == Rejected);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == Rejected && value.Value is IFeatureCollection request && request.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException error)
            Answer(request, error);
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
    }

    private static void Answer(IFeatureCollection features, BadHttpRequestException error)
    {
        var (request, response) = (features.GetRequiredFeature<IHttpRequestFeature>(), features.GetRequiredFeature<IHttpResponseFeature>());
        if (response.HasStarted || HttpMethods.IsHead(request.Method ?? "") || features.Get<IConnectionTransportFeature>() is not { } connection
            || features.Get<IHttpResponseBodyFeature>() is not { } body || HttpProtocol.IsHttp2(request.Protocol))
            return;

        var problem = ProblemAnswers.Of(ProblemCodes.OfStatus(error.StatusCode), error.Message);
        problem.Status = error.StatusCode;
        var path = string.IsNullOrEmpty(request.Path) ? "/" : request.PathBase + request.Path;
        ProblemAnswers.Complete(problem, path, features.Get<IHttpRequestIdentifierFeature>()?.TraceIdentifier ?? "");
        var json = JsonSerializer.SerializeToUtf8Bytes(problem);
        response.StatusCode = error.StatusCode;
        response.Headers.ContentType = ProblemAnswers.MediaType;
        response.Headers.ContentLength = json.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.Connection = "close";
        // Nothing waits here: there is no callback before, and an answer that begins goes into the connection's buffer.
        var begun = body.StartAsync();
        if (begun.IsCompletedSuccessfully)
            _ = SendAsync(connection.Transport.Output, json);
    }

    private static async Task SendAsync(PipeWriter output, byte[] json)
    {
        try
        {
            await output.WriteAsync(json);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // Whoever sent this has gone, or the connection has been ended already.
        }
    }
}
