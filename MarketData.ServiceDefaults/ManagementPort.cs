using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// The port that only those who look after the system can reach, and services of each other. A request is told by the port that it came in
/// at, never by its <c>Host</c> header, which says what the caller likes.
/// </summary>
public sealed class ManagementPort(IOptions<ManagementOptions> options, IHostEnvironment environment)
{
    /// <summary>Whether a request came in at the management port; never where there is none.</summary>
    public bool Received(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return options.Value.Port == context.Connection.LocalPort;
    }

    /// <summary>
    /// Whether a request may see the metrics: at the management port, or in Development at any where there is none.
    /// </summary>
    public bool ShowsMetrics(HttpContext context) => options.Value.Port is null ? environment.IsDevelopment() : Received(context);
}
