using MarketData.Api.Database;
using MarketData.Storage.Keys;
using Npgsql;

namespace MarketData.Api.Security;

/// <summary>Notes with each key the calls that needed more than reading, the status that they were answered with, and what they changed.</summary>
internal sealed partial class KeyAudit(RequestDelegate next, KeyStore keys, DatabaseProbe database, ILogger<KeyAudit> logger)
{
    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ApiKey>() is { } key && context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is { IsAudited: true } needed)
            context.Response.OnStarting(() => NoteAsync(context, key, needed.Scope));
        return next(context);
    }

    // The call has been carried out, so a failure to audit it must not fail the answer.
    private async Task NoteAsync(HttpContext context, ApiKey key, string scope)
    {
        var status = context.Response.StatusCode;
        if (status >= StatusCodes.Status500InternalServerError)
            return;
        var action = $"{context.Request.Method} {context.Request.Path}";
        var detail = (status, AuditTrail.NoteOf(context)) switch
        {
            (StatusCodes.Status403Forbidden, _) => $"{status}: needs the scope {scope}",
            (_, { } note) => $"{status}: {note}",
            _ => $"{status}",
        };
        try
        {
            await keys.NoteAsync(key.Id, action, detail, context.Actor(), CancellationToken.None).WaitAsync(database.Lost);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            LogNotNoted(key.Name, action, status, e);
        }
    }

    [LoggerMessage(LogLevel.Error, "Could not note in the audit trail that key {Key} did {Action} with {Status}")]
    private partial void LogNotNoted(string key, string action, int status, Exception cause);
}
