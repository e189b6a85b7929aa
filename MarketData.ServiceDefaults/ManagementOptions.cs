using System.ComponentModel.DataAnnotations;

namespace Microsoft.Extensions.Hosting;

/// <summary>Settings in the section <c>Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Management";

    /// <summary>
    /// The port for those who look after the service: metrics, health in detail, and no request limits. One of at least two that it listens on,
    /// 1 to 65535. Not set: there is none.
    /// </summary>
    [Range(1, 65_535)]
    public int? Port { get; set; }
}
