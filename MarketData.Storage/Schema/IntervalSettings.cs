using System.ComponentModel.DataAnnotations;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Schema;

/// <summary>A section of settings that has one for each bar interval, by the name of <see cref="BarInterval"/>.</summary>
/// <typeparam name="T">What is set: days, or null where that is allowed.</typeparam>
/// <param name="shortest">The least that may be set.</param>
/// <param name="longest">The most that may be set.</param>
public abstract class IntervalSettings<T>(int shortest, int longest) : IValidatableObject
{
    /// <summary>For <c>5m</c>.</summary>
    public T FiveMinutes { get; set; } = default!;

    /// <summary>For <c>15m</c>.</summary>
    public T FifteenMinutes { get; set; } = default!;

    /// <summary>For <c>30m</c>.</summary>
    public T ThirtyMinutes { get; set; } = default!;

    /// <summary>For <c>1h</c>.</summary>
    public T OneHour { get; set; } = default!;

    /// <summary>For <c>4h</c>.</summary>
    public T FourHours { get; set; } = default!;

    /// <summary>For <c>1d</c>.</summary>
    public T OneDay { get; set; } = default!;

    /// <summary>For <c>1w</c>.</summary>
    public T OneWeek { get; set; } = default!;

    /// <summary>The setting for an interval.</summary>
    public T For(BarInterval interval) => interval switch
    {
        BarInterval.FiveMinutes => FiveMinutes,
        BarInterval.FifteenMinutes => FifteenMinutes,
        BarInterval.ThirtyMinutes => ThirtyMinutes,
        BarInterval.OneHour => OneHour,
        BarInterval.FourHours => FourHours,
        BarInterval.OneDay => OneDay,
        BarInterval.OneWeek => OneWeek,
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "Not a bar interval."),
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from interval in Enum.GetValues<BarInterval>()
        where For(interval) is int days && (days < shortest || days > longest)
        select new ValidationResult($"must lie between {shortest} and {longest}, and is {For(interval)}.", [interval.ToString()]);
}
