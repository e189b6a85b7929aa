namespace MarketData.Simulator.Faults;

/// <summary>The faults that hit a request and are for its answer to show.</summary>
internal sealed class AnswerFaults(IReadOnlyList<Fault> faults)
{
    private static readonly AnswerFaults None = new([]);

    /// <summary>Those of a request.</summary>
    public static AnswerFaults Of(HttpContext context) => context.Features.Get<AnswerFaults>() ?? None;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Fault> All => faults;

    /// <summary>Those that concern one of the symbols that the request is for.</summary>
    public AnswerFaults For(string symbol) => faults.Count == 0 ? None : new([.. faults.Where(fault => fault.Names(symbol))]);

    /// <summary>Whether one of that kind is among them.</summary>
    public bool Has(FaultKind kind)
    {
        foreach (var fault in faults)
        {
            if (fault.Kind == kind)
            {
                return true;
            }
        }

        return false;
    }
}
