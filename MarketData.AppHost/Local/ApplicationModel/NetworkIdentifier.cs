namespace Aspire.Hosting.ApplicationModel;

/// <summary>A network that an address is meant for; on this engine every process is on the same one.</summary>
public record NetworkIdentifier(string Value);
