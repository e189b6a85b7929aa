using System.Text.RegularExpressions;
using MarketData.Api.Requests;
using MarketData.Api.Watchlists;
using MarketData.Domain.Calendars;
using MarketData.Storage.Notifications;

namespace MarketData.Api.Notifications;

/// <summary>Whom messages go to. Its address and its secret are never shown: whoever has them may post in its name.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind"><c>webhook</c>, <c>slack</c> or <c>email</c>.</param>
/// <param name="Host">The host that messages are posted to; null of <c>email</c>.</param>
/// <param name="Mailboxes">The mailboxes of <c>email</c>; null of others.</param>
/// <param name="IsReadable">Whether its address and secret can be decrypted; where not, nothing is sent until they are given or the key is set.</param>
/// <param name="IsEnabled">Whether rules send to it.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When it was last changed, UTC.</param>
/// <param name="UpdatedBy">Who changed it last.</param>
public sealed record NotificationReceiverView(
    long Id, string Name, string Kind, string? Host, IReadOnlyList<string>? Mailboxes, bool IsReadable, bool IsEnabled, DateTime CreatedAt,
    DateTime UpdatedAt, string? UpdatedBy)
{
    internal static NotificationReceiverView Of(NotificationReceiver receiver) => new(
        receiver.Id, receiver.Name, receiver.Kind, receiver.Address is { } address ? new Uri(address).Host : null, receiver.Mailboxes,
        receiver.IsReadable, receiver.IsEnabled, receiver.CreatedAt, receiver.UpdatedAt, receiver.UpdatedBy);
}

/// <summary>Every receiver, by name.</summary>
/// <param name="Items">The receivers.</param>
public sealed record NotificationReceiverList(IReadOnlyList<NotificationReceiverView> Items);

/// <summary>A receiver with what its messages are signed with, which is shown here and never again.</summary>
/// <param name="Receiver">The receiver.</param>
/// <param name="SigningSecret">The secret of a <c>webhook</c>, as Standard Webhooks has it; null of others, whose messages are not signed.</param>
public sealed record NotificationReceiverSecret(NotificationReceiverView Receiver, string? SigningSecret);

/// <summary>A receiver to make.</summary>
public sealed record NewNotificationReceiver
{
    /// <summary>What people call it, 1 to 100 characters.</summary>
    [Required(ErrorMessage = "must be 1 to 100 characters of text."), Text(100, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary><c>webhook</c>, <c>slack</c> (what takes messages for Slack, too) or <c>email</c>.</summary>
    [Required(ErrorMessage = "must be one of webhook, slack, email."), OneOf(ReceiverKinds.Webhook, ReceiverKinds.Slack, ReceiverKinds.Email)]
    public string? Kind { get; init; }

    /// <summary>Where messages are posted to, http or https; of <c>webhook</c> and <c>slack</c>.</summary>
    [PostAddress]
    public string? Address { get; init; }

    /// <summary>1 to 20 addresses, such as <c>desk@example.com</c>; of <c>email</c>.</summary>
    [Mailboxes]
    public IReadOnlyList<string?>? Mailboxes { get; init; }

    /// <summary>Whether rules send to it; they do when this is left out.</summary>
    public bool? IsEnabled { get; init; }
}

/// <summary>What to change about a receiver; what is left out stays. A receiver stays of its kind.</summary>
public sealed record NotificationReceiverChange
{
    /// <summary>What people call it, 1 to 100 characters.</summary>
    [Text(100, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Where messages are posted to, http or https; of <c>webhook</c> and <c>slack</c>.</summary>
    [PostAddress]
    public string? Address { get; init; }

    /// <summary>1 to 20 addresses; of <c>email</c>.</summary>
    [Mailboxes]
    public IReadOnlyList<string?>? Mailboxes { get; init; }

    /// <summary>Whether rules send to it.</summary>
    public bool? IsEnabled { get; init; }
}

/// <summary>Every rule, by name.</summary>
/// <param name="Items">The rules.</param>
public sealed record NotificationRuleList(IReadOnlyList<NotificationRule> Items);

/// <summary>Of what, and whom, people are told.</summary>
public sealed record NotificationRuleDefinition
{
    /// <summary>What people call it, 1 to 100 characters.</summary>
    [Required(ErrorMessage = "must be 1 to 100 characters of text."), Text(100, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>
    /// <c>run_failed</c>, <c>run_late</c>, <c>symbol_stale</c>, <c>circuit_open</c>, <c>action_disputed</c>, <c>quality_low</c> or <c>not_fresh</c>.
    /// </summary>
    [Required(ErrorMessage = Words), OneOf(
        Occasions.RunFailed, Occasions.RunLate, Occasions.SymbolStale, Occasions.CircuitOpen, Occasions.ActionDisputed, Occasions.QualityLow, Occasions.NotFresh)]
    public string? Occasion { get; init; }

    /// <summary>The watchlist whose symbols it is about; every active symbol when left out. Not of <c>circuit_open</c>.</summary>
    [WatchlistName]
    public string? Watchlist { get; init; }

    /// <summary>Minutes that it has to last before it is told, 0 to 10,080; 120 of <c>run_late</c>, 5 of <c>circuit_open</c>, else 0 when left out.</summary>
    [WholeNumber(0, 10_080)]
    public int? AfterMinutes { get; init; }

    /// <summary>After how many hours each it is told again while it lasts, 1 to 168; once only when left out.</summary>
    [WholeNumber(1, 168)]
    public int? RemindHours { get; init; }

    /// <summary>Below which score <c>quality_low</c> tells, above 0 to 1; <c>Quality:MinimumScore</c> when left out.</summary>
    [Range(0.01, 1.0, ErrorMessage = "must be a number from 0.01 to 1.")]
    public double? MinimumScore { get; init; }

    /// <summary>The time of day by which candles are due, such as <c>02:30</c>; of <c>not_fresh</c>.</summary>
    [RegularExpression("^([01][0-9]|2[0-3]):[0-5][0-9]$", ErrorMessage = "must be a time of day such as 02:30.")]
    public string? DueBy { get; init; }

    /// <summary>By which clock: an IANA time zone such as <c>America/New_York</c>; of <c>not_fresh</c>.</summary>
    [ClockZone]
    public string? Zone { get; init; }

    /// <summary>Of which interval; <c>1d</c> when left out; of <c>not_fresh</c>.</summary>
    [Timeframe]
    public string? Timeframe { get; init; }

    /// <summary>Whether it is followed; it is when this is left out.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>Whom it tells: the numbers of 1 to 20 receivers.</summary>
    [Required(ErrorMessage = Numbers), Length(1, 20, ErrorMessage = Numbers)]
    public IReadOnlyList<long>? Receivers { get; init; }

    private const string Words = "must be one of run_failed, run_late, symbol_stale, circuit_open, action_disputed, quality_low, not_fresh.";
    private const string Numbers = "must hold the numbers of 1 to 20 receivers.";
}

/// <summary>What rules hold of now, the newest first.</summary>
/// <param name="Items">Up to 500 of them.</param>
public sealed record NotificationIncidentList(IReadOnlyList<NotificationIncident> Items);

/// <summary>What was told, the newest first.</summary>
/// <param name="Items">Messages on their way to one receiver each.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record NotificationDeliveryList(IReadOnlyList<NotificationDelivery> Items, string? NextCursor);

/// <summary>An address that can be posted to. That is all that is checked: where it leads is known when it is posted to.</summary>
internal sealed class PostAddressAttribute() : EachTextAttribute(
    "must be an http or https address such as https://hooks.example.com/marketdata, of at most 2000 visible characters, without a user name and without a fragment.")
{
    protected override bool Accepts(string text) =>
        text.Length <= 2000 && text.All(character => character is > ' ' and <= '~') && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address is { Scheme: "http" or "https", UserInfo: "", Fragment: "", Host.Length: > 0 };
}

/// <summary>1 to 20 mailboxes, each of the characters that HTML takes for one.</summary>
internal sealed partial class MailboxesAttribute() : EachTextAttribute("must be a mailbox such as desk@example.com.")
{
    public override bool IsValid(object? value) => base.IsValid(value) && value is null or IReadOnlyCollection<string?> { Count: >= 1 and <= 20 };

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is IReadOnlyCollection<string?> { Count: 0 or > 20 } ? new("must hold 1 to 20 mailboxes.") : base.IsValid(value, validationContext);

    protected override bool Accepts(string text) => text.Length <= 254 && Mailbox().IsMatch(text);

    [GeneratedRegex(@"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9-]{1,63}(\.[a-zA-Z0-9-]{1,63})*$")]
    private static partial Regex Mailbox();
}

/// <summary>The IANA id of a time zone.</summary>
internal sealed class ClockZoneAttribute() : EachTextAttribute("must be an IANA time zone such as America/New_York.")
{
    protected override bool Accepts(string text) => LocalClock.Find(text) is not null;
}
