namespace MarketData.Storage.Enrichment;

/// <summary>What came of asking a provider whether it serves this place.</summary>
public enum ProviderVerdict
{
    /// <summary>It gives candles.</summary>
    Works,

    /// <summary>It gives candles, and nothing of its futures market.</summary>
    WorksWithoutFutures,

    /// <summary>It was not asked: a key that it wants is not set.</summary>
    NeedsKey,

    /// <summary>It does not accept the key.</summary>
    KeyRefused,

    /// <summary>It accepts the key, whose plan lacks what was asked for.</summary>
    PlanLimit,

    /// <summary>It serves nobody at the location that it was asked from.</summary>
    RestrictedLocation,

    /// <summary>It turns this client away.</summary>
    RefusesClient,

    /// <summary>It wants a person's consent in a browser first.</summary>
    ConsentWanted,

    /// <summary>It was asked too often, and wants to be left alone for a while.</summary>
    LeaveAlone,

    /// <summary>DNS does not know its host.</summary>
    DnsFailure,

    /// <summary>There is no trusted TLS connection to it.</summary>
    TlsFailure,

    /// <summary>Its host takes no connection.</summary>
    ConnectionFailure,

    /// <summary>A proxy or a captive portal answered in its place.</summary>
    ProxyAnswered,

    /// <summary>It did not answer in time.</summary>
    NoAnswer,

    /// <summary>It gives candles, and by its clock this machine's is off.</summary>
    ClockOff,

    /// <summary>Anything else: it failed, or its answer does not read.</summary>
    Failed,
}
