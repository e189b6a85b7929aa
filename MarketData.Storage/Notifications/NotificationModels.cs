namespace MarketData.Storage.Notifications;

/// <summary>Whom messages go to, with its secrets.</summary>
public sealed record NotificationReceiver
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="ReceiverKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where messages are posted to; null of <c>email</c>. Never shown: whoever has it may post there.</summary>
    public string? Address { get; init; }

    /// <summary>What messages to a webhook are signed with; never shown again.</summary>
    public string? Secret { get; init; }

    /// <summary>The mailboxes of <c>email</c>; null of others.</summary>
    public string[]? Mailboxes { get; init; }

    /// <summary>Whether its address and secret could be decrypted; where not, they are null.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>Whether rules send to it.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Who changed it last.</summary>
    public string? UpdatedBy { get; init; }
}

/// <summary>A receiver to make, or what one is to become.</summary>
/// <param name="Name">What people call it; no other goes by that.</param>
/// <param name="Kind">One of <see cref="ReceiverKinds"/>; stays as it was made.</param>
/// <param name="Address">Where messages are posted to; null keeps the one that is there.</param>
/// <param name="Mailboxes">Mailboxes; null keeps those that are there.</param>
/// <param name="IsEnabled">Whether rules send to it.</param>
public sealed record ReceiverRequest(string Name, string Kind, string? Address, IReadOnlyCollection<string>? Mailboxes, bool IsEnabled);

/// <summary>Of what, and whom, people are told: a rule to make, or what one is to become.</summary>
public record RuleTerms
{
    /// <summary>What people call it; no other goes by that.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="Occasions"/>.</summary>
    public required string Occasion { get; init; }

    /// <summary>The list whose symbols it is about; null for every active symbol.</summary>
    public string? Watchlist { get; init; }

    /// <summary>Minutes that it has to last before it is told.</summary>
    public required int AfterMinutes { get; init; }

    /// <summary>After how many hours each it is told again while it lasts, 1 to 168; null: it is not.</summary>
    public int? RemindHours { get; init; }

    /// <summary>The bar of <c>quality_low</c>, 0 to 1; null of others.</summary>
    public double? MinimumScore { get; init; }

    /// <summary>The time of day of <c>not_fresh</c> by the clock of <see cref="Zone"/>, such as 02:30; null of others.</summary>
    public string? DueBy { get; init; }

    /// <summary>IANA id of the zone; null without <see cref="DueBy"/>.</summary>
    public string? Zone { get; init; }

    /// <summary>The interval that is due; null without <see cref="DueBy"/>.</summary>
    public string? Timeframe { get; init; }

    /// <summary>Whether it is followed.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Whom it tells: numbers of receivers.</summary>
    public required long[] Receivers { get; init; }
}

/// <summary>A rule that is there.</summary>
public sealed record NotificationRule : RuleTerms
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>How many things it holds of now, told or not yet.</summary>
    public required int Open { get; init; }

    /// <summary>When it was last looked at, UTC; null before.</summary>
    public DateTime? EvaluatedAt { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Who changed it last.</summary>
    public string? UpdatedBy { get; init; }
}

/// <summary>Something that a rule holds of.</summary>
/// <param name="Key">What it is the same by: the symbol, the provider.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Detail">What is wrong with it, in a few words.</param>
/// <param name="Since">Since when, UTC, as far as that is known.</param>
public sealed record Subject(string Key, string Label, string? Detail, DateTime Since);

/// <summary>Something that a rule holds or held of.</summary>
public sealed record NotificationIncident
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The rule's number.</summary>
    public required long RuleId { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>One of <see cref="Occasions"/>.</summary>
    public required string Occasion { get; init; }

    /// <summary>What it is about: a symbol, a provider, the nightly run.</summary>
    public required string Label { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Detail { get; init; }

    /// <summary>Since when, UTC.</summary>
    public required DateTime Since { get; init; }

    /// <summary>When people were told, UTC; null before.</summary>
    public DateTime? ToldAt { get; init; }
}

/// <summary>What there is to tell of a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IsOver">Whether it is over; else it has begun.</param>
/// <param name="Subjects">Of what, in order of their labels.</param>
/// <param name="StillOpen">How many it still holds of that were told before.</param>
/// <param name="IsReminder">Whether all of it was told before, and lasts.</param>
public sealed record RuleNews(NotificationRule Rule, bool IsOver, IReadOnlyList<Subject> Subjects, int StillOpen, bool IsReminder = false);

/// <summary>A message in words.</summary>
/// <param name="Title">One line.</param>
/// <param name="Body">The rest, line by line.</param>
public sealed record MessageText(string Title, string Body);

/// <summary>A delivery that a node has claimed, with what it needs to make it.</summary>
public sealed record ClaimedDelivery
{
    /// <summary>Its number; the same in each attempt.</summary>
    public required long Id { get; init; }

    /// <summary>Which attempt this is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>One of <see cref="ReceiverKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where to post to.</summary>
    public string? Address { get; init; }

    /// <summary>What to sign with.</summary>
    public string? Secret { get; init; }

    /// <summary>Mailboxes to write to.</summary>
    public string[]? Mailboxes { get; init; }

    /// <summary>Whether address and secret could be decrypted; where not, they are null.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>The message's number.</summary>
    public required long MessageId { get; init; }

    /// <summary><c>firing</c>, <c>resolved</c> or <c>test</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The rule's name; null of a test.</summary>
    public string? Rule { get; init; }

    /// <summary>One of <see cref="Occasions"/>; null of a test.</summary>
    public string? Occasion { get; init; }

    /// <summary>One line.</summary>
    public required string Title { get; init; }

    /// <summary>The rest, line by line.</summary>
    public required string Body { get; init; }

    /// <summary>The first of those that it tells of, as JSON.</summary>
    public required string Subjects { get; init; }

    /// <summary>How many it tells of.</summary>
    public required int Total { get; init; }

    /// <summary>When the message was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }
}

/// <summary>A message's way to one receiver.</summary>
public sealed record NotificationDelivery
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The receiver's name when the message was made.</summary>
    public required string Receiver { get; init; }

    /// <summary>One of <see cref="ReceiverKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The rule's name; null of a test.</summary>
    public string? Rule { get; init; }

    /// <summary>One of <see cref="Occasions"/>; null of a test.</summary>
    public string? Occasion { get; init; }

    /// <summary><c>firing</c>, <c>resolved</c> or <c>test</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The message's first line.</summary>
    public required string Title { get; init; }

    /// <summary>The rest of it.</summary>
    public required string Body { get; init; }

    /// <summary>One of <see cref="DeliveryStates"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed last; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>When the message was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it is tried next, UTC; null when it is not any more.</summary>
    public DateTime? NextAttemptAt { get; init; }

    /// <summary>When it was delivered, given up or dropped, UTC; null before.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>Each attempt, in order.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];
}

/// <summary>One attempt at a delivery.</summary>
public sealed record DeliveryAttempt
{
    /// <summary>Which one, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The node that made it.</summary>
    public required string Node { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When it ended, UTC; null while it is under way, or where its node was lost.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary><c>delivered</c>, <c>retried</c> or <c>failed</c>; null while it is under way.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
}
