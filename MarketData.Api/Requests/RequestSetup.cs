using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketData.Api.Requests;

/// <summary>Registers how requests are read and answers are written.</summary>
public static class RequestSetup
{
    /// <summary>Adds JSON in snake_case, read strictly.</summary>
    public static IServiceCollection AddRequests(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
        });
        return services;
    }
}
