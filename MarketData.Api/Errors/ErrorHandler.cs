using MarketData.Storage.Schema;
using MarketData.Storage.Writes;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace MarketData.Api.Errors;

/// <summary>Turns what a handler threw into an answer that says what a caller can do, and nothing of the inside.</summary>
public sealed partial class ErrorHandler(SchemaReadiness schema, ILogger<ErrorHandler> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (IsDatabaseDown(exception))
        {
            LogDatabaseDown(exception.Message);
            await WriteAsync(httpContext, schema.IsReady ? Unavailable(httpContext, exception) : NotReady(httpContext));
        }
        else if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        else
        {
            LogFault(exception, httpContext.Request.Method, httpContext.Request.Path);
            await WriteAsync(
                httpContext,
                Problems.Of(ProblemCodes.InternalError, "The service made a mistake; the trace id finds it in the logs."));
        }

        return true;
    }

    /// <summary>503: the database does not answer, or takes no writes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cause">What it said, if anything.</param>
    public static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Unavailable(HttpContext context, Exception? cause = null)
    {
        context.Response.Headers.RetryAfter = "2";
        var trouble = DatabaseTrouble.Of(cause as PostgresException ?? cause?.InnerException ?? new TimeoutException());
        var next = HttpMethods.IsGet(context.Request.Method) ? "Try again."
            : trouble?.Kind is "read_only" or "disk_full" or "disk_failing" ? "Nothing was changed: send it again when that is over."
            : "Whether this was carried out is not known: look, or send it again with the same Idempotency-Key.";
        return Problems.Of(ProblemCodes.DatabaseUnavailable, $"{trouble?.Message ?? "The database does not answer."} {next}");
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult NotReady(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "2";
        return Problems.Of(
            ProblemCodes.Starting, "The service waits for its database and the schema that it needs there; /health says when it has them. Try again.");
    }

    // The request may be cancelled by now, and its answer must go out all the same.
    private static Task WriteAsync(HttpContext context, Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult answer)
    {
        context.RequestAborted = CancellationToken.None;
        return answer.ExecuteAsync(context);
    }

    private bool IsDatabaseDown(Exception exception) => exception switch
    {
        // A table, a column or a function that is not there yet: this build's schema is still to be made.
        PostgresException { SqlState: "42P01" or "42703" or "42883" } => !schema.IsReady,
        // Shutting down, starting up, crashed, out of connections, read-only, its disk full: the server is there and can't serve.
        PostgresException e => e.SqlState == PostgresErrorCodes.IdleSessionTimeout || DatabaseTrouble.Of(e) is not null,
        NpgsqlException => true,
        TimeoutException => true,
        _ => exception.InnerException is NpgsqlException inner && IsDatabaseDown(inner),
    };

    [LoggerMessage(LogLevel.Warning, "The database does not answer: {Cause}")]
    private partial void LogDatabaseDown(string cause);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFault(Exception exception, string method, PathString path);
}
