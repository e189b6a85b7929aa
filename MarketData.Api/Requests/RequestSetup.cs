using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketData.Api.Requests;

/// <summary>Registers how requests are read and answers are written.</summary>
public static class RequestSetup
{
    /// <summary>Adds JSON in snake_case, read strictly, and the validation of bodies by their data annotations.</summary>
    public static IServiceCollection AddRequests(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
        });
        // Else a body that can't be read is answered without the field: RequestChecks takes that from the exception.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services.AddValidation();
    }

    /// <summary>Checks the requests of a group by <see cref="RequestChecks"/>.</summary>
    public static RouteGroupBuilder CheckRequests(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint => endpoint.Metadata.Add(TakenParameters.Of((RouteEndpointBuilder)endpoint)));
        return group;
    }
}
