using Microsoft.AspNetCore.HttpsPolicy;

namespace MarketData.Web.Hosting;

/// <summary>Has browsers that came by TLS come by TLS alone from then on.</summary>
public static class StrictTransport
{
    private const string Section = "Web:Hsts";

    /// <summary>Adds the settings of the header <c>Strict-Transport-Security</c>, section <c>Web:Hsts</c>; subdomains are left out.</summary>
    public static IServiceCollection AddStrictTransport(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HstsOptions>().Bind(configuration.GetSection(Section))
            .Validate(options => options.MaxAge >= TimeSpan.Zero, $"{Section}:{nameof(HstsOptions.MaxAge)} must be 0 or longer, such as 30.00:00:00 for 30 days.")
            .ValidateOnStart();
        return services;
    }
}
