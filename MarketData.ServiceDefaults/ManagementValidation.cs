using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Checks the management port against the ports that the service is told to listen on.</summary>
internal sealed class ManagementValidation(IConfiguration configuration) : IValidateOptions<ManagementOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ManagementOptions options)
    {
        if (options.Port is not { } port)
            return ValidateOptionsResult.Success;
        var listened = ListenedPorts();
        if (!listened.Contains(port))
            return ValidateOptionsResult.Fail(
                $"Management:Port is {port}, where this service does not listen: name that port in ASPNETCORE_HTTP_PORTS or ASPNETCORE_URLS too.");
        return listened.Exists(other => other != port)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Management:Port is {port}, the only port of this service: it needs another one for everybody else.");
    }

    // In the order of precedence that ASP.NET has: endpoints of Kestrel, addresses, ports.
    private List<int> ListenedPorts()
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(static endpoint => endpoint["Url"]).OfType<string>().ToList();
        if (endpoints.Count > 0)
            return Ports(endpoints);
        var addresses = Values("urls");
        return addresses.Length > 0
            ? Ports(addresses)
            : [.. Values("http_ports").Concat(Values("https_ports")).Select(static text => int.Parse(text, CultureInfo.InvariantCulture))];
    }

    private static List<int> Ports(IEnumerable<string> addresses) => [.. addresses.Select(static address => BindingAddress.Parse(address).Port)];

    private string[] Values(string setting) =>
        configuration[setting]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
