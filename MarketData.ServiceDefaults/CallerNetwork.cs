using System.Net;
using System.Net.Sockets;

namespace Microsoft.Extensions.Hosting;

/// <summary>Whom a limit by address counts as one caller.</summary>
public static class CallerNetwork
{
    private const int PrefixLength = 64;

    /// <summary>An IPv4 address by itself, IPv6 by its network of 64 bits: whoever has one such network has 2^64 addresses of it.</summary>
    public static string Of(IPAddress? address) => address switch
    {
        null => "address unknown",
        { IsIPv4MappedToIPv6: true } => $"address {address.MapToIPv4()}",
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"network {new IPNetwork(Masked(address), PrefixLength)}",
        _ => $"address {address}",
    };

    private static IPAddress Masked(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[(PrefixLength / 8)..].Clear();
        return new IPAddress(bytes);
    }
}
