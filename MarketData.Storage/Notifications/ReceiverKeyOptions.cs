using System.ComponentModel.DataAnnotations;

namespace MarketData.Storage.Notifications;

/// <summary>
/// The key that addresses and signing secrets of receivers are encrypted with in the database: section <c>Notifications</c>, the same for every
/// service that uses them.
/// </summary>
public sealed class ReceiverKeyOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Notifications";

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>The key: 32 random bytes in base64, as <c>openssl rand -base64 32</c> prints them; null keeps them as they are.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Keys of before, under which some may still be encrypted. Default none.</summary>
    public IList<string> OldSecretKeys { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        const string Rule = "must be 32 random bytes in base64, as 'openssl rand -base64 32' prints them";
        if (SecretKey is { Length: > 0 } && !IsKey(SecretKey))
            yield return new($"{Rule}.", [nameof(SecretKey)]);
        if (OldSecretKeys.Any(key => !IsKey(key)))
            yield return new($"{Rule}, each of them.", [nameof(OldSecretKeys)]);
    }

    private static bool IsKey(string text)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 1];
        return Convert.TryFromBase64String(text, bytes, out var written) && written == KeyBytes;
    }
}
