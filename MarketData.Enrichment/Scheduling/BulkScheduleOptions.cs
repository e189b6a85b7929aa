using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Scheduling;

/// <summary>When bulk files are written: section <c>Bulk</c>, beside what <see cref="Bulk.BulkOptions"/> has of it.</summary>
public sealed class BulkScheduleOptions : IValidatableObject
{
    /// <summary>When, UTC: six cron fields, seconds first, days of the week by name.</summary>
    public string Schedule { get; set; } = "0 30 4 * * ?";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!CronSchedule.IsValid(Schedule))
            yield return new(CronSchedule.Objection(Schedule), [nameof(Schedule)]);
    }
}
