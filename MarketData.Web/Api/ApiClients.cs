namespace MarketData.Web.Api;

/// <summary>Registers the clients of the Api.</summary>
public static class ApiClients
{
    /// <summary>The Api's address for service discovery.</summary>
    public static Uri Address { get; } = new("https+http://api");

    /// <summary>Adds one connection and its feature clients per page, since each acts as the operator of that page.</summary>
    public static IServiceCollection AddApiClients(this IServiceCollection services)
    {
        services.AddSingleton<SharedReads>();
        services.AddHttpClient<ApiConnection>(client => client.BaseAddress = Address);
        services.AddScoped<EnrichmentClient>();
        services.AddScoped<SymbolsClient>();
        services.AddScoped<SystemClient>();
        services.AddScoped<KeysClient>();
        services.AddScoped<AccessClient>();
        return services;
    }
}
