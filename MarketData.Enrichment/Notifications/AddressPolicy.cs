using System.Net;
using System.Net.Sockets;

namespace MarketData.Enrichment.Notifications;

/// <summary>
/// Which addresses messages may be posted to. Whoever may set up a receiver could else have this service ask what only it can reach: other
/// services of its network, the machine's own, and the cloud's metadata, which has credentials.
/// </summary>
public static class AddressPolicy
{
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/3"), IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("ff00::/8"), IPNetwork.Parse("fd00:ec2::254/128"),
    ];

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fec0::/10"),
    ];

    // An IPv4 address is the last part of these, or in 6to4 what follows the prefix.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether an address may be posted to.</summary>
    /// <param name="address">The address.</param>
    /// <param name="allowPrivate">Whether those of private networks and of the machine itself may.</param>
    public static bool Allows(IPAddress address, bool allowPrivate)
    {
        var meant = Embedded(address);
        return !Array.Exists(Never, network => network.Contains(meant)) && (allowPrivate || !Array.Exists(Private, network => network.Contains(meant)));
    }

    private static IPAddress Embedded(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.Equals(IPAddress.IPv6Loopback) || address.Equals(IPAddress.IPv6Any))
            return address;
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address) || Compatible.Contains(address))
            return new(bytes.AsSpan(12));
        // The scope is no part of what a network holds.
        return SixToFour.Contains(address) ? new(bytes.AsSpan(2, 4)) : new(bytes);
    }
}
