using MarketData.Web.Api;

namespace MarketData.Web.Live;

/// <summary>Registers the live feed.</summary>
public static class LiveFeedRegistration
{
    /// <summary>Adds the feed and the one reader that fills it.</summary>
    public static IServiceCollection AddLiveFeed(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<EventStreamOptions>(configuration.GetSection(EventStreamOptions.Section));
        services.AddSingleton<LiveFeed>();
        services.AddSingleton(TimeProvider.System);
        services.AddHostedService<EventStreamReader>();
#pragma warning disable EXTEXP0001 // Marked experimental, yet the documented way to take a client out of the standard pipeline.
        services.AddHttpClient(EventStreamReader.HttpClientName, client =>
            {
                client.BaseAddress = ApiClients.Address(configuration);
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(ApiSockets.NewHandler)
            .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        return services;
    }
}
