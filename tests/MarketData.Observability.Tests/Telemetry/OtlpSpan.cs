namespace MarketData.Observability.Tests.Telemetry;

/// <summary>A span as a service sent it.</summary>
/// <param name="Service">Whose it is.</param>
/// <param name="Source">The library that made it, such as <c>Npgsql</c>.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="Id">Its id.</param>
/// <param name="Parent">The span above it; empty for a root.</param>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes that are texts.</param>
public sealed record OtlpSpan(
    string Service, string Source, string TraceId, string Id, string Parent, string Name, ILookup<string, string> Attributes);
