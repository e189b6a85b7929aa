using System.ComponentModel.DataAnnotations;

namespace Microsoft.Extensions.Hosting;

/// <summary>Settings in the section <c>ResponseRate</c>: how slowly an answer may be taken before its connection is ended.</summary>
public sealed class ResponseRateOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ResponseRate";

    /// <summary>Bytes a second that a client takes at least while there are any to send. 1 to 100,000,000, default 4,096.</summary>
    [Range(1, 100_000_000)]
    public double BytesPerSecond { get; set; } = 4_096;

    /// <summary>Seconds that a client may take more than that, for each portion. 2 to 600, default 10.</summary>
    [Range(2, 600)]
    public int GraceSeconds { get; set; } = 10;
}
