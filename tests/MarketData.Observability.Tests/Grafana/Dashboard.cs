namespace MarketData.Observability.Tests.Grafana;

/// <summary>A dashboard as Grafana reads it.</summary>
/// <param name="Uid">Its name in addresses.</param>
/// <param name="Variables">The names of its variables.</param>
/// <param name="Panels">Its panels, those inside rows too.</param>
public sealed record Dashboard(string Uid, IReadOnlyList<string> Variables, IReadOnlyList<DashboardPanel> Panels);
