namespace MarketData.Storage.Keys;

/// <summary>Who does something, for the audit trail.</summary>
/// <param name="Name">The name of the key used; null without one.</param>
/// <param name="Address">The address that the call came from; null for a command on the machine itself.</param>
public sealed record Actor(string? Name, string? Address);
