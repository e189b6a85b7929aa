using MarketData.Storage.Notifications;

namespace MarketData.Enrichment.Notifications;

/// <summary>Registration of what tells people.</summary>
public static class NotificationServices
{
    /// <summary>Adds it. Settings are validated at start.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<NotificationOptions>(configuration.GetSection(NotificationOptions.Section));
        services.AddSettings<ReceiverKeyOptions>(configuration.GetSection(ReceiverKeyOptions.Section));
        services.AddSingleton<ReceiverCipher>();
        services.AddSingleton<ReceiverStore>();
        services.AddSingleton<IncidentStore>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<MessageWords>();
        services.AddSingleton<ReceiverClient>();
        services.AddSingleton<IMessageSender, WebhookSender>();
        services.AddSingleton<IMessageSender, SlackSender>();
        services.AddSingleton<IMessageSender, EmailSender>();
        services.AddSingleton<NotificationSender>();
        return services;
    }
}
