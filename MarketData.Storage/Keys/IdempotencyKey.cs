namespace MarketData.Storage.Keys;

/// <summary>A caller's own name for a request, under which it is carried out once.</summary>
/// <param name="Value">The name.</param>
/// <param name="Caller">Whose it is: another caller's of the same name is another one.</param>
/// <param name="RequestHash">A hash of the request: the same name for another request is a mistake.</param>
public sealed record IdempotencyKey(string Value, string Caller, byte[] RequestHash);
