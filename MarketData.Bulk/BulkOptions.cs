using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MarketData.Bulk;

/// <summary>Where the warehouse is written as files: section <c>Bulk</c>.</summary>
public sealed class BulkOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Bulk";

    /// <summary>What the target of an object store begins with.</summary>
    internal const string S3Scheme = "s3://";

    /// <summary>A folder, or <c>s3://bucket/prefix</c>; null: no files are written.</summary>
    public string? Target { get; set; }

    /// <summary>How long a version and its files are kept after the next one has come, 1 hour to 10 years.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3653.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(14);

    /// <summary>The object store, where <see cref="Target"/> is in one.</summary>
    [ValidateObjectMembers]
    public BulkS3Options S3 { get; set; } = new();

    /// <summary>Whether files are written at all.</summary>
    public bool IsOn => !string.IsNullOrWhiteSpace(Target);

    /// <summary>Whether they are in an object store.</summary>
    internal bool IsS3 => Target?.StartsWith(S3Scheme, StringComparison.OrdinalIgnoreCase) == true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
            yield break;
        var isOther = !IsS3 && Target!.Contains("://", StringComparison.Ordinal);
        if (isOther || (IsS3 && Target![S3Scheme.Length..].Split('/')[0].Length is < 3 or > 63))
        {
            yield return new(
                $"must be a folder, or a bucket and a prefix in it such as 's3://market-data/bulk', and is '{Target}'.", [nameof(Target)]);
        }
    }
}
