namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command is offered in the Aspire dashboard.</summary>
public sealed class HttpCommandOptions
{
    /// <summary>The name of its icon among Fluent's.</summary>
    public string? IconName { get; set; }

    /// <summary>Whether it stands beside the resource and not in its menu.</summary>
    public bool IsHighlighted { get; set; }
}
