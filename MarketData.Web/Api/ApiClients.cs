using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace MarketData.Web.Api;

/// <summary>Registers the client of the Api.</summary>
public static class ApiClients
{
    // An answer is an answer, also when it refuses: asked again at once, the Api would only refuse more often, and what it said would be lost
    // in a time limit of our own.
    private static readonly PredicateBuilder<HttpResponseMessage> NoAnswer =
        new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>().Handle<TimeoutRejectedException>();

    /// <summary>
    /// The Api's address for service discovery: its management endpoint, where requests are not counted against any caller; the public one where
    /// the other is not configured.
    /// </summary>
    public static Uri Address(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new(configuration.GetSection("services:api:management").Exists() ? "https+http://_management.api" : "https+http://api");
    }

    /// <summary>Adds one connection and its client per page, since each acts as the operator of that page.</summary>
    public static IServiceCollection AddApiClients(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<SharedReads>();
#pragma warning disable EXTEXP0001 // Marked experimental, yet the documented way to take a client out of the standard pipeline.
        services.AddHttpClient<ApiConnection>(client => client.BaseAddress = Address(configuration))
            .ConfigurePrimaryHttpMessageHandler(ApiSockets.NewHandler)
            .RemoveAllResilienceHandlers()
#pragma warning restore EXTEXP0001
            .AddStandardResilienceHandler(options =>
            {
                options.Retry.ShouldHandle = NoAnswer;
                options.Retry.DisableForUnsafeHttpMethods();
                options.CircuitBreaker.ShouldHandle = NoAnswer;
            });
        services.AddScoped<MarketDataClient>();
        return services;
    }
}
