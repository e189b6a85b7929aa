namespace MarketData.Api.Keys;

/// <summary>At least one of the scopes, and nothing else.</summary>
internal sealed class ScopesAttribute() : ValidationAttribute(Requirement)
{
    public const string Requirement = "must hold at least one of read, enrich, admin, and nothing else.";

    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string?> scopes || (scopes.Count > 0 && scopes.All(scope => scope is not null && Security.Scopes.All.Contains(scope)));
}
