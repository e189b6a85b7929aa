using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Notifications;

/// <summary>How people are told: section <c>Notifications</c>. Of what, and whom, is set on the dashboard and over the API.</summary>
public sealed class NotificationOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Notifications";

    private const double Growth = 4;
    private const double Jitter = 0.25;

    /// <summary>How often rules are followed, 1 second to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan EvaluationInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after a message of a rule what else begins or ends is collected for the next one, 0 to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan GroupInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a receiver has to take a message, 1 second to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a message is tried before it is given up, 1 to 50.</summary>
    [Range(1, 50)]
    public int MaxAttempts { get; set; } = 12;

    /// <summary>The wait after the first failure, 10 ms to 1 hour; each further one is four times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait, also where a receiver asks for more, <see cref="RetryBaseDelay"/> to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether messages may be posted to addresses of private networks and of this machine; null: in Development alone. Link-local addresses,
    /// at which clouds tell machines their credentials, are never posted to.
    /// </summary>
    public bool? AllowPrivateAddresses { get; set; }

    /// <summary>Where people open the dashboard, such as <c>https://marketdata.example.com/dashboard/</c>; null: messages have no link.</summary>
    public Uri? DashboardUrl { get; set; }

    /// <summary>The mail server.</summary>
    [ValidateObjectMembers]
    public SmtpOptions Smtp { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetryMaxDelay < RetryBaseDelay)
            yield return new($"must lie between RetryBaseDelay, {RetryBaseDelay}, and 1.00:00:00, and is {RetryMaxDelay}.", [nameof(RetryMaxDelay)]);
        if (DashboardUrl is not null && !(DashboardUrl.IsAbsoluteUri && DashboardUrl.Scheme is "http" or "https"))
            yield return new($"must be an address such as 'https://marketdata.example.com/dashboard/', and is '{DashboardUrl}'.", [nameof(DashboardUrl)]);
    }

    /// <summary>The wait after an attempt; a quarter of jitter either way keeps nodes and messages apart.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="chance">A number from 0 to 1 that decides the jitter.</param>
    /// <param name="askedFor">How long the receiver asked to be left alone; null where it did not.</param>
    public TimeSpan DelayAfter(int attempt, double chance, TimeSpan? askedFor)
    {
        var exponential = RetryBaseDelay * Math.Pow(Growth, attempt - 1);
        var bounded = exponential < RetryMaxDelay ? exponential : RetryMaxDelay;
        var spread = bounded * (1 + Jitter * (2 * chance - 1));
        return askedFor is not { } asked || asked <= spread ? spread : asked < RetryMaxDelay ? asked : RetryMaxDelay;
    }
}
