using System.Collections.Immutable;

namespace MarketData.Simulator.Faults;

/// <summary>The faults in force.</summary>
internal sealed class FaultBook
{
    private readonly Lock _gate = new();
    private ImmutableList<Fault> _faults = [];
    private int _lastId;

    /// <summary>A book with the faults of the settings in it.</summary>
    public FaultBook(SimulatorOptions options)
    {
        foreach (var request in options.Faults)
        {
            Add(request);
        }
    }

    /// <summary>Every fault, spent ones too, oldest first.</summary>
    public IReadOnlyList<Fault> All => _faults;

    /// <summary>Puts a fault in force.</summary>
    public Fault Add(FaultRequest request)
    {
        lock (_gate)
        {
            var fault = new Fault(++_lastId, request);
            _faults = _faults.Add(fault);
            return fault;
        }
    }

    /// <summary>Takes a fault away.</summary>
    /// <returns>Whether there was one of that number.</returns>
    public bool Remove(int id)
    {
        lock (_gate)
        {
            var before = _faults;
            _faults = before.RemoveAll(fault => fault.Id == id);
            return _faults.Count < before.Count;
        }
    }

    /// <summary>Takes every fault away.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults = [];
        }
    }

    /// <summary>The faults that hit a request.</summary>
    public IReadOnlyList<Fault> Hitting(ProviderEndpoint endpoint, (string Wire, string Canonical) names)
    {
        List<Fault>? hits = null;
        foreach (var fault in _faults)
        {
            if (fault.TryHit(endpoint, names))
            {
                (hits ??= []).Add(fault);
            }
        }

        return hits ?? (IReadOnlyList<Fault>)[];
    }
}
