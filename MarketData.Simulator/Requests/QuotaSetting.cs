namespace MarketData.Simulator.Requests;

/// <summary>A provider's limit.</summary>
/// <param name="Provider">Which one.</param>
/// <param name="RequestsPerMinute">Requests allowed in any 60 seconds; null: no limit.</param>
internal sealed record QuotaSetting(string Provider, int? RequestsPerMinute);
