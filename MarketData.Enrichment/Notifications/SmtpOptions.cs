using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace MarketData.Enrichment.Notifications;

/// <summary>The server that takes e-mail: section <c>Notifications:Smtp</c>.</summary>
public sealed class SmtpOptions : IValidatableObject
{
    /// <summary>Its name or address; null: no e-mail can be sent.</summary>
    public string? Host { get; set; }

    /// <summary>Its port, 1 to 65,535.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is encrypted.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>Who signs in; null: nobody does.</summary>
    public string? UserName { get; set; }

    /// <summary>The password of <see cref="UserName"/>.</summary>
    public string? Password { get; set; }

    /// <summary>Whom messages are from, such as <c>MarketData &lt;marketdata@example.com&gt;</c>; needed with <see cref="Host"/>.</summary>
    public string? From { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Host))
            yield break;
        if (!MailboxAddress.TryParse(From, out _))
            yield return new($"must be a mailbox such as 'MarketData <marketdata@example.com>', and is '{From}'.", [nameof(From)]);
        if (string.IsNullOrEmpty(UserName) != string.IsNullOrEmpty(Password))
            yield return new("must be set together with Notifications:Smtp:UserName, and only one of them is.", [nameof(Password)]);
    }
}
