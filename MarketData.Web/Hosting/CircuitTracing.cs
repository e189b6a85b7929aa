using OpenTelemetry.Instrumentation.AspNetCore;

namespace MarketData.Web.Hosting;

/// <summary>
/// Traces what a person does in the dashboard (an event, a change of page), and not how the browser and the server talk about it.
/// </summary>
public static class CircuitTracing
{
    /// <summary>
    /// Leaves out the files that a page is made of, the requests for Blazor's own paths, and the calls over their connection. That connection
    /// lasts as long as its page is open: were it traced, all that the page reads meanwhile would gather in that one trace.
    /// </summary>
    public static IServiceCollection AddCircuitTracing(this IServiceCollection services) =>
        services.PostConfigure<AspNetCoreTraceInstrumentationOptions>(options =>
        {
            var filter = options.Filter;
            options.Filter = context => filter?.Invoke(context) != false && !IsPartOfPage(context.Request.Path);
            options.EnableAspNetCoreSignalRSupport = false;
        });

    // Blazor's own are _blazor, _framework and _content, below the dashboard's path: that is not taken off yet when a request's span begins.
    private static bool IsPartOfPage(PathString path) =>
        path.Value?.Contains("/_", StringComparison.Ordinal) == true || Path.GetExtension(path.Value) is ".css" or ".js" or ".svg";
}
