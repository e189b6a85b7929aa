using System.Collections.Concurrent;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Faults;

/// <summary>A fault in force: which requests it hits is decided here, and the same for the same order of a symbol's requests.</summary>
internal sealed class Fault
{
    private const double UsualBarRate = 0.02;

    private readonly ConcurrentDictionary<string, int> _requestsBySymbol = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();
    private readonly ulong _seed;
    private readonly Provider? _provider;
    private readonly EndpointKind? _endpoint;

    /// <summary>Puts <paramref name="request"/>, which has no <see cref="FaultRequest.Problem"/>, in force.</summary>
    public Fault(int id, FaultRequest request)
    {
        Id = id;
        Request = request;
        Kind = SnakeCase.TryParse<FaultKind>(request.Kind, out var kind) ? kind : throw new ArgumentException(request.Problem(), nameof(request));
        _provider = Providers.TryParse(request.Provider, out var provider) ? provider : null;
        _endpoint = SnakeCase.TryParse<EndpointKind>(request.Endpoint, out var endpoint) ? endpoint : null;
        _seed = Noise.Seed(request.Seed ?? 0, request.Kind ?? "");
    }

    /// <summary>Its number, by which it can be taken away.</summary>
    public int Id { get; }

    /// <summary>As it was asked for.</summary>
    public FaultRequest Request { get; }

    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; }

    /// <summary>Requests that it has hit.</summary>
    public int Hits { get; private set; }

    /// <summary>Whether it has hit as often as it may.</summary>
    public bool IsSpent => Hits >= Request.Count;

    /// <summary>Decides whether a request is hit, and counts it.</summary>
    /// <param name="endpoint">What was asked.</param>
    /// <param name="names">The symbol as the provider writes it and in its canonical form; several with commas between.</param>
    public bool TryHit(ProviderEndpoint endpoint, (string Wire, string Canonical) names)
    {
        if (!Concerns(endpoint, names))
        {
            return false;
        }

        lock (_gate)
        {
            if (IsSpent)
            {
                return false;
            }

            var number = _requestsBySymbol.AddOrUpdate(names.Canonical, 1, (_, before) => before + 1) - 1;
            var draw = Noise.Uniform(Noise.Bits(Noise.Seed(_seed, names.Canonical), number, (int)endpoint.Kind));
            if (number < (Request.After ?? 0) || draw >= (Request.Rate ?? 1))
            {
                return false;
            }

            Hits++;
            return true;
        }
    }

    /// <summary>Whether the bar opening at <paramref name="time"/> (Unix milliseconds) lies within the fault's from and to.</summary>
    public bool Reaches(long time) =>
        (Request.From is not { } from || time >= from.ToUnixTimeMilliseconds()) && (Request.To is not { } to || time < to.ToUnixTimeMilliseconds());

    /// <summary>Whether the bar opening at <paramref name="time"/> is hit: the same bars in every answer.</summary>
    public bool Picks(long time) =>
        Reaches(time) && Noise.Uniform(Noise.Bits(_seed, time, 1)) < (Request.BarRate ?? (Request.From is null && Request.To is null ? UsualBarRate : 1));

    /// <summary>Whether it concerns a symbol, as the provider writes it or in its canonical form.</summary>
    public bool Names(string symbol) => Request.Symbol is null || string.Equals(Request.Symbol, symbol, StringComparison.OrdinalIgnoreCase);

    private bool Concerns(ProviderEndpoint endpoint, (string Wire, string Canonical) names) =>
        (_provider is null || _provider == endpoint.Provider)
        && (_endpoint is null || _endpoint == endpoint.Kind)
        && (names.Wire.Split(',').Any(Names) || Names(names.Canonical));
}
