namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of an endpoint's address.</summary>
public enum EndpointProperty
{
    /// <summary>The whole address, such as <c>http://localhost:8001</c>.</summary>
    Url = 0,

    /// <summary>Host and port, such as <c>localhost:8001</c>.</summary>
    HostAndPort = 6,
}
