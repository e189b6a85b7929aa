using System.Text.Json;

namespace MarketData.Observability.Tests.Grafana;

/// <summary>A panel of a dashboard.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Expressions">Its queries, in PromQL with Grafana's variables.</param>
/// <param name="Json">All of it.</param>
public sealed record DashboardPanel(string Title, IReadOnlyList<string> Expressions, JsonElement Json);
