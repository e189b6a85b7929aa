using System.Net.Mime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Npgsql;

namespace MarketData.Web.KeyRing;

/// <summary>
/// The keys that protect sign-ins, forms and what a page's circuit starts with: in the database, so that they survive a restart and all pods
/// share them, or where ASP.NET Core keeps them by itself when there is no database.
/// </summary>
public static class KeyRingRegistration
{
    private const string ApplicationName = "MarketData.Web";
    private const string Connection = "marketdata";

    private const string Page = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8" /><meta http-equiv="refresh" content="5" /><title>MarketData</title></head>
        <body><h1>The dashboard is waiting for its database</h1>
        <p>It can't read the keys that protect sign-ins. This page tries again by itself.</p></body></html>
        """;

    // The loader says in one sentence what these tell with a stack trace at each attempt.
    private static readonly string[] ToldByLoader =
        ["KeyManagement.KeyRingProvider", "KeyManagement.DefaultKeyResolver", "XmlEncryption", "Internal.DataProtectionHostedService"];

    /// <summary>Adds them, in the database of <c>ConnectionStrings:marketdata</c> where that is set.</summary>
    public static WebApplicationBuilder AddKeyRing(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<KeyRingOptions>(builder.Configuration.GetSection(KeyRingOptions.Section));
        var protection = services.AddDataProtection().SetApplicationName(ApplicationName);
        if (builder.Configuration.GetConnectionString(Connection) is not { Length: > 0 } connection)
            return builder;

        if (!IsConnectionString(connection))
        {
            services.AddOptions<KeyRingOptions>().Validate(_ => false, $"ConnectionStrings:{Connection} must be a connection string of PostgreSQL.");
            return builder;
        }

        services.AddKeyedSingleton(typeof(KeyRingLoader), (_, _) => DataSource(connection));
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>(
            (keys, provider) => keys.XmlRepository = new DatabaseKeys(provider.GetRequiredKeyedService<NpgsqlDataSource>(typeof(KeyRingLoader))));
        Encrypt(protection, builder.Configuration.GetSection(KeyRingOptions.Section).Get<KeyRingOptions>() ?? new());
        services.AddSingleton<KeyRingLoader>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRingLoader>());
        services.AddHealthChecks().AddCheck<KeyRingLoader>("data-protection-keys");
        foreach (var category in ToldByLoader)
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection." + category, LogLevel.None);
        return builder;
    }

    /// <summary>Answers 503 in place of the dashboard's pages until the keys are there: no page is sent without them.</summary>
    public static void UseKeyRing(this WebApplication app)
    {
        if (app.Services.GetService<KeyRingLoader>() is not { } loader)
            return;
        app.Use((context, next) => loader.IsLoaded || !IsPage(context.Request) ? next(context) : AnswerAsync(context.Response));
    }

    private static bool IsPage(HttpRequest request) => request.PathBase.HasValue && !Path.HasExtension(request.Path.Value);

    private static Task AnswerAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = "5";
        response.ContentType = MediaTypeNames.Text.Html;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.WriteAsync(Page);
    }

    private static void Encrypt(IDataProtectionBuilder protection, KeyRingOptions options)
    {
        // What is wrong with a certificate stops the start with a sentence, and not here.
        if (options.OldCertificates.Where(old => !string.IsNullOrEmpty(old.Certificate) && old.Problem() is null).ToList() is { Count: > 0 } old)
            protection.UnprotectKeysWithAnyCertificate([.. old.Select(file => file.Load())]);
        if (!string.IsNullOrEmpty(options.Certificate) && options.Problem() is null)
            protection.ProtectKeysWithCertificate(options.Load());
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Two connections are plenty for keys that are read once a day; at rest there is none.
    private static NpgsqlDataSource DataSource(string connection) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
    {
        ApplicationName = "MarketData web keys",
        MinPoolSize = 0,
        MaxPoolSize = 2,
        ConnectionIdleLifetime = 10,
        Timeout = 3,
        CommandTimeout = 3,
    });
}
