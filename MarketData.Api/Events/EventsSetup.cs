namespace MarketData.Api.Events;

/// <summary>Registers the event stream.</summary>
public static class EventsSetup
{
    /// <summary>Adds the feed that all listeners share.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<EventFeed>());
        return services;
    }
}
