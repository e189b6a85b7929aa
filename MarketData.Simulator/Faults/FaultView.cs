namespace MarketData.Simulator.Faults;

/// <summary>A fault as <c>/simulator/faults</c> shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Hits">Requests hit so far.</param>
/// <param name="Remaining">Requests still to be hit; null without end.</param>
/// <param name="Request">As it was asked for.</param>
internal sealed record FaultView(int Id, string Kind, int Hits, int? Remaining, FaultRequest Request)
{
    /// <summary>The view of a fault.</summary>
    public static FaultView Of(Fault fault) =>
        new(fault.Id, SnakeCase.Name(fault.Kind), fault.Hits, fault.Request.Count - fault.Hits, fault.Request);
}
