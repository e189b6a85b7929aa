namespace MarketData.Observability.Tests.Telemetry;

/// <summary>A log record as a service sent it.</summary>
/// <param name="Service">Whose it is.</param>
/// <param name="Category">Its logger.</param>
/// <param name="TraceId">The trace that it was written in; empty outside of any.</param>
/// <param name="Body">Its text.</param>
/// <param name="Attributes">Its attributes that are texts, those of its scopes among them.</param>
public sealed record OtlpLog(string Service, string Category, string TraceId, string Body, ILookup<string, string> Attributes);
