using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>Says how a service is: one word, from which a stranger learns nothing; at the management port what each check found.</summary>
internal sealed class HealthDetails(ManagementPort management)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the answer.</summary>
    public Task WriteAsync(HttpContext context, HealthReport report)
    {
        if (!management.Received(context))
        {
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync($"{report.Status}", context.RequestAborted);
        }

        var checks = report.Entries.ToDictionary(
            static entry => entry.Key,
            static entry => new Check(Name(entry.Value.Status), entry.Value.Description ?? entry.Value.Exception?.Message));
        return context.Response.WriteAsJsonAsync(new Health(Name(report.Status), checks), Json, context.RequestAborted);
    }

    private static string Name(HealthStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{status}");

    private sealed record Health(string Status, IReadOnlyDictionary<string, Check> Checks);

    private sealed record Check(string Status, string? Description);
}
