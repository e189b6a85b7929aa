using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace Microsoft.Extensions.Hosting;

/// <summary>Settings in the section <c>Proxies</c>.</summary>
public sealed class ProxyOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Proxies";

    /// <summary>
    /// Networks, such as <c>10.0.0.0/8</c>, and single addresses of the proxies whose word on a caller's address, scheme and host is taken. This
    /// machine's own is taken always. Default none.
    /// </summary>
    public IList<string> Trusted { get; } = [];

    /// <summary>The network that is written so, a single address being one of its own; null when there is none.</summary>
    public static IPNetwork? Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        return IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
            : null;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Trusted.Where(network => Network(network) is null).Select(network => new ValidationResult(
            $"must hold networks such as 10.0.0.0/8, or addresses, and holds '{network}'.", [nameof(Trusted)]));
}
