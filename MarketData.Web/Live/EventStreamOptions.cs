using System.ComponentModel.DataAnnotations;
using MarketData.Web.Api;

namespace MarketData.Web.Live;

/// <summary>Settings of the event stream, section <c>Api</c>.</summary>
public sealed class EventStreamOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Api";

    /// <summary>A key with the scope <c>read</c> for the dashboard itself; needed only where reads are closed.</summary>
    public string? ApiKey { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiKey is { Length: > 0 } && !OperatorSession.IsKey(ApiKey))
            yield return new("must be a key as the Api has shown it, without spaces, line ends, or letters outside ASCII.", [nameof(ApiKey)]);
    }
}
