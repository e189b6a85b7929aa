namespace Aspire.Hosting.ApplicationModel;

/// <summary>A port that a resource listens on.</summary>
/// <param name="name">The name that references use.</param>
/// <param name="port">The port asked for; null or 0 for any free one.</param>
internal sealed class Endpoint(string name, int? port)
{
    /// <summary>The name that references use.</summary>
    public string Name => name;

    /// <summary>The port asked for; null for any free one.</summary>
    public int? RequestedPort => port is 0 ? null : port;

    /// <summary>The ports in use, one a replica, once they are chosen.</summary>
    public IReadOnlyList<int> Ports { get; set; } = [];

    /// <summary>Says how the address is shown to people; null leaves it unsaid.</summary>
    public Action<ResourceUrlAnnotation>? Describe { get; set; }

    /// <summary>The address of a replica.</summary>
    public string Url(int replica) => $"http://localhost:{Ports[replica]}";
}
