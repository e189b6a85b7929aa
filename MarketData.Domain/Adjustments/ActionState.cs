namespace MarketData.Domain.Adjustments;

/// <summary>What became of a report.</summary>
public enum ActionState
{
    /// <summary>Prices are adjusted by it, and the price shows it, or it is too small to show.</summary>
    InEffect,

    /// <summary>Prices are adjusted by it; there is no price yet that would show it.</summary>
    Unverified,

    /// <summary>It is of the same event as another, which is in effect.</summary>
    Merged,

    /// <summary>The price does not show it: not applied until a provider corrects it.</summary>
    Disputed,

    /// <summary>Paid in another currency than the price's, and no pair on record tells what that was worth: not applied.</summary>
    Unconverted,

    /// <summary>A ratio or amount that is none, or a date without a session: not applied.</summary>
    Invalid,

    /// <summary>One share for one: nothing to apply.</summary>
    WithoutEffect,

    /// <summary>A person took it out: not applied.</summary>
    Withdrawn,
}
