using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Who calls, and how, as the proxies before a service tell it.</summary>
public static class ProxyExtensions
{
    private const string AnyHost = "*";

    private static readonly char[] Separators = [' ', ',', ';'];

    /// <summary>
    /// Takes the word of the proxies in <c>Proxies:Trusted</c> on a caller's address and scheme (<c>X-Forwarded-For</c>, <c>-Proto</c>), and on
    /// the host that was asked for (<c>-Host</c>) where <c>AllowedHosts</c> names the hosts that there are.
    /// </summary>
    public static TBuilder AddTrustedProxies<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        var section = builder.Configuration.GetSection(ProxyOptions.Section);
        builder.Services.AddSettings<ProxyOptions>(section);
        builder.Services.AddOptions<ProxyOptions>().Configure(options => AddFromText(options, section[nameof(ProxyOptions.Trusted)]));
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxyOptions>>((forwarded, options) =>
        {
            Trust(forwarded, options.Value);
            AllowHosts(forwarded, builder.Configuration["AllowedHosts"]);
        });
        return builder;
    }

    /// <summary>
    /// Gives each request the address, scheme and host that the proxies tell; comes before whatever looks at them. An IPv4 address that came
    /// over an IPv6 socket is written as IPv4, so that a caller has one address however a service listens.
    /// </summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app) => app.UseForwardedHeaders().Use(static (context, next) =>
    {
        if (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped)
            context.Connection.RemoteIpAddress = mapped.MapToIPv4();
        return next(context);
    });

    // The binder leaves out a list that is written as one text, and the proxy would be believed no more than any caller.
    private static void AddFromText(ProxyOptions options, string? text)
    {
        foreach (var network in text?.Split(Separators, StringSplitOptions.RemoveEmptyEntries) ?? [])
            options.Trusted.Add(network);
    }

    // Every proxy on the way that is trusted adds the address it saw; the first that is not trusted is the caller.
    private static void Trust(ForwardedHeadersOptions forwarded, ProxyOptions options)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = null;
        foreach (var network in options.Trusted)
            forwarded.KnownIPNetworks.Add(ProxyOptions.Network(network)!.Value);
    }

    private static void AllowHosts(ForwardedHeadersOptions forwarded, string? allowed)
    {
        var hosts = allowed?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (hosts.Length == 0 || hosts.Contains(AnyHost))
            return;
        forwarded.ForwardedHeaders |= ForwardedHeaders.XForwardedHost;
        forwarded.AllowedHosts = hosts;
    }
}
