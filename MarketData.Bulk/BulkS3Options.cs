using System.ComponentModel.DataAnnotations;

namespace MarketData.Bulk;

/// <summary>How an S3-compatible object store is reached: section <c>Bulk:S3</c>.</summary>
public sealed class BulkS3Options : IValidatableObject
{
    /// <summary>The store's address, such as <c>https://minio:9000</c>; null for Amazon's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The region that requests are signed for.</summary>
    [Required(AllowEmptyStrings = false, ErrorMessage = "must be a region such as 'us-east-1', and is empty.")]
    public string Region { get; set; } = "us-east-1";

    /// <summary>The access key; null where Amazon's own chain finds credentials (environment, profile, the machine's or the pod's role).</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret of <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Endpoint) && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")))
            yield return new($"must be an address such as 'https://minio:9000', and is '{Endpoint}'.", [nameof(Endpoint)]);
        if (string.IsNullOrEmpty(AccessKey) != string.IsNullOrEmpty(SecretKey))
            yield return new("must be set together with Bulk:S3:AccessKey, and only one of them is.", [nameof(SecretKey)]);
    }
}
