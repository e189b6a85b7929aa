namespace MarketData.Web.Api;

/// <summary>Who the Api takes this session for, and what it lets it do.</summary>
/// <param name="Authenticated">Whether a valid key was sent.</param>
/// <param name="Name">The key's name.</param>
/// <param name="Scopes">What is allowed: <c>read</c>, <c>enrich</c>, <c>admin</c>. In Development everything, without a key.</param>
public sealed record Access(bool Authenticated, string? Name, IReadOnlyList<string> Scopes)
{
    /// <summary>Nothing is known yet, so nothing that changes anything is offered.</summary>
    public static Access Unknown { get; } = new(false, null, []);

    /// <summary>Whether an operator has signed in with a key.</summary>
    public bool IsSignedIn => Authenticated;

    /// <summary>May trigger, pause, resume, cancel and retry.</summary>
    public bool MayEnrich => Scopes.Contains("enrich") || MayAdminister;

    /// <summary>May change symbols and keys.</summary>
    public bool MayAdminister => Scopes.Contains("admin");

    /// <summary>What the scopes allow, in words.</summary>
    public string ScopeSentence => MayAdminister ? "read, run enrichment and administer" : MayEnrich ? "read and run enrichment" : "read";
}
