using System.Globalization;
using System.Text;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

// What data annotations do not have. A message is the end of the sentence "'limit' …": the name is put before it when the answer is written.
namespace MarketData.Api.Requests;

/// <summary>A whole number within bounds.</summary>
internal sealed class WholeNumberAttribute : RangeAttribute
{
    public WholeNumberAttribute(int minimum, int maximum)
        : base(minimum, maximum) => ErrorMessage = "must be a whole number from {1} to {2}.";
}

/// <summary>A number above zero.</summary>
internal sealed class PositiveAttribute() : ValidationAttribute("must be a number above 0.")
{
    public override bool IsValid(object? value) => value is null or double and > 0 and < double.PositiveInfinity;
}

/// <summary>A rule for a text; in a list, for each item.</summary>
internal abstract class EachTextAttribute(string requirement) : ValidationAttribute(requirement)
{
    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string text => Accepts(text),
        IEnumerable<string?> items => items.All(item => item is not null && Accepts(item)),
        _ => false,
    };

    protected abstract bool Accepts(string text);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => IsValid(value)
        ? ValidationResult.Success
        : new((value is string ? "" : "holds what is not acceptable; each item ") + ErrorMessageString);
}

/// <summary>One of a few words, in any case.</summary>
internal class OneOfAttribute(params string[] words) : EachTextAttribute($"must be one of {string.Join(", ", words)}.")
{
    public IReadOnlyList<string> Words => words;

    protected override bool Accepts(string text) => words.Contains(text, StringComparer.OrdinalIgnoreCase);
}

/// <summary>The name of an interval.</summary>
internal sealed class TimeframeAttribute() : OneOfAttribute([.. BarIntervals.All.Select(interval => interval.Name())]);

/// <summary>The name of an interval that is stored, or whose bars can be made of stored candles.</summary>
internal sealed class AnyTimeframeAttribute() : EachTextAttribute(
    "must be a stored interval (5m, 15m, 30m, 1h, 4h, 1d, 1w), or one made of those: 10m to 720m in steps of 5m, 2h to 12h, 2d to 30d, 2w to 26w, "
    + "1M, 2M, 3M, 4M, 6M, 12M, 1Q, 2Q or 1Y.")
{
    protected override bool Accepts(string text) => Timeframe.TryParse(text, out _);
}

/// <summary>The IANA id of a time zone, or the word for each exchange's own.</summary>
internal sealed class ZoneAttribute() : EachTextAttribute(
    "must be an IANA time zone such as America/New_York, or 'exchange' for that of each symbol.")
{
    public const string OfExchange = "exchange";

    protected override bool Accepts(string text) => OfExchange.Equals(text, StringComparison.OrdinalIgnoreCase) || LocalClock.Find(text) is not null;
}

/// <summary>The name of an asset class.</summary>
internal sealed class AssetClassAttribute() : OneOfAttribute("stock", "etf", "index", "fx", "crypto");

/// <summary>A word that can be a provider's name; which there are, the database tells.</summary>
internal sealed class ProviderAttribute : RegularExpressionAttribute
{
    public const string Requirement = "must be a provider's name: letters, digits and hyphens.";

    public ProviderAttribute()
        : base("^[A-Za-z][A-Za-z0-9-]{0,31}$") => ErrorMessage = Requirement;
}

/// <summary>The text of a value of a type that <see cref="ValueKind"/> knows.</summary>
internal sealed class ParsableAttribute(Type type) : EachTextAttribute(ValueKind.Of(type).Requirement)
{
    public ValueKind Kind => ValueKind.Of(type);

    protected override bool Accepts(string text) => Kind.Read(text) is not null;
}

/// <summary>Text without control characters; not blank where a least length is asked for.</summary>
internal sealed class TextAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    // A surrogate without its other half can't be stored as UTF-8; it is read as the replacement character.
    public override bool IsValid(object? value) => value is not string text
        || (base.IsValid(text) && text.EnumerateRunes().All(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar)
            && (MinimumLength == 0 || !string.IsNullOrWhiteSpace(text)));

    public override string FormatErrorMessage(string name) => string.Create(
        CultureInfo.InvariantCulture, $"must be {(MinimumLength == 0 ? "at most" : $"{MinimumLength} to")} {MaximumLength} characters of text.");
}

/// <summary>An instant in a body, in the years that are accepted and, where asked for, in the future.</summary>
internal sealed class InstantAttribute : ValidationAttribute
{
    public bool InFuture { get; init; }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not DateTime given)
            return ValidationResult.Success;
        if (!Instant.IsInRange(given))
            return new("must be a date or a time in ISO 8601 from the years 1900 to 2200.");
        var now = validationContext.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        return InFuture && Instant.ToUtc(given) <= now ? new("must lie in the future.") : ValidationResult.Success;
    }
}
