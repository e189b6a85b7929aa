using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MarketData.Storage.Schema;

/// <summary>How candles are kept. Section <c>Storage</c>.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>Days after which TimescaleDB compresses candles, 7 to 36,500; 0 for never. Nothing without TimescaleDB.</summary>
    public int CompressAfterDays { get; set; } = 30;

    /// <summary>How much of an interval's candles is in one partition.</summary>
    [ValidateObjectMembers]
    public PartitionOptions PartitionMonths { get; set; } = new();

    /// <summary>How long candles are kept.</summary>
    [ValidateObjectMembers]
    public CandleRetentionOptions Retention { get; set; } = new();

    /// <summary>A database role that may read what docs/sql.md lists, made if it is not there; none unless set. At most 63 characters.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? ReadOnlyRole { get; set; }

    /// <summary>What <see cref="ReadOnlyRole"/> logs in with; without one it cannot, and is granted to other roles.</summary>
    public string? ReadOnlyPassword { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CompressAfterDays is not (0 or (>= 7 and <= 36_500)))
            yield return new($"must be 0, for never, or lie between 7 and 36500, and is {CompressAfterDays}.", [nameof(CompressAfterDays)]);
    }
}
