namespace Aspire.Hosting.ApplicationModel;

/// <summary>The networks that Aspire tells apart.</summary>
public static class KnownNetworkIdentifiers
{
    /// <summary>The network that containers are on.</summary>
    public static readonly NetworkIdentifier DefaultAspireContainerNetwork = new("aspire-container-network");
}
