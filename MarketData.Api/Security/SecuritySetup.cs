using MarketData.Api.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>Registers keys, scopes, limits and origins.</summary>
public static class SecuritySetup
{
    /// <summary>The time limit of an export; for endpoints that stream.</summary>
    public const string ExportTimeout = "export";

    /// <summary>Adds what guards the API.</summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        // Authentication brings data protection along and it complains of where its keys are kept; nothing here is protected by them.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        // The framework notes each request that lacks a key, which any stranger can send by the thousand.
        services.AddLogging(logging => logging.AddFilter(typeof(ApiKeyAuthentication).FullName, LogLevel.Warning));
        services.AddAuthorization();
        services.AddSingleton<OpenAccess>();
        services.AddSingleton<RequestBudgets>().AddSingleton<SeenKeys>().AddSingleton<StreamLimits>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<ApiOptions>>((cors, options) => AllowOrigins(cors, options.Value));
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>()
            .Configure<IOptions<ApiOptions>>((timeouts, options) => LimitTime(timeouts, options.Value));
        return services;
    }

    private static void AllowOrigins(CorsOptions cors, ApiOptions options) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins([.. options.CorsOrigins])
        .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
        .WithHeaders(ApiKeyAuthentication.Header, "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID")
        .WithExposedHeaders("Content-Disposition", "ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"));

    private static void LimitTime(RequestTimeoutOptions timeouts, ApiOptions options)
    {
        timeouts.DefaultPolicy = Limit(TimeSpan.FromSeconds(options.RequestTimeoutSeconds));
        timeouts.AddPolicy(ExportTimeout, Limit(TimeSpan.FromMinutes(options.ExportTimeoutMinutes)));
    }

    private static RequestTimeoutPolicy Limit(TimeSpan time) => new()
    {
        Timeout = time,
        TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
        WriteTimeoutResponse = context =>
        {
            // Cancelled by now, and the answer must go out all the same.
            context.RequestAborted = CancellationToken.None;
            context.Response.Headers.RetryAfter = "5";
            return Problems.Of(
                ProblemCodes.AnswerTooSlow, $"The answer took longer than {time.TotalSeconds:0} s; ask for less at a time.")
                .ExecuteAsync(context);
        },
    };
}
