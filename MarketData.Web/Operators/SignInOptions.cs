using System.ComponentModel.DataAnnotations;

namespace MarketData.Web.Operators;

/// <summary>Settings of signing in, section <c>Web</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Web";

    /// <summary>How often a minute a key may be tried from one address, or one IPv6 network of 64 bits. Default 30, range 1 to 10 000.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 30;
}
