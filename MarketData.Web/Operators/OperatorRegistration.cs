using MarketData.Web.Api;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace MarketData.Web.Operators;

/// <summary>Registers sign-in with an API key.</summary>
public static class OperatorRegistration
{
    /// <summary>The session cookie's name.</summary>
    public const string Cookie = "marketdata-operator";

    /// <summary>Adds the session cookie: encrypted, out of reach for scripts, and never sent along from another site; and the limit of attempts.</summary>
    public static IServiceCollection AddOperators(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = Cookie;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.Path = "/";
            options.ExpireTimeSpan = TimeSpan.FromHours(12);
            options.SlidingExpiration = true;
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "to";
        });
        services.AddAuthorization();
        services.AddAntiforgery(options =>
        {
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddSettings<SignInOptions>(configuration.GetSection(SignInOptions.Section));
        services.AddSingleton<SignInLimit>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<OperatorSession>();
        services.AddScoped<OperatorActions>();
        return services;
    }
}
