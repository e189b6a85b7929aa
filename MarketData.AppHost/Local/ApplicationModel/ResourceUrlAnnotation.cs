namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address as it is shown to people.</summary>
public sealed class ResourceUrlAnnotation
{
    /// <summary>What is found there.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The address; a path is meant relative to the endpoint.</summary>
    public required string Url { get; set; }
}
