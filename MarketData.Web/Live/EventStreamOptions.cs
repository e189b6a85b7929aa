namespace MarketData.Web.Live;

/// <summary>Settings of the event stream, section <c>Api</c>.</summary>
public sealed class EventStreamOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Api";

    /// <summary>A key with the scope <c>read</c> for the dashboard itself; needed only where reads are closed.</summary>
    public string? ApiKey { get; set; }
}
