namespace MarketData.Web.Api;

public sealed partial record Access
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
