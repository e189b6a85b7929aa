namespace MarketData.Simulator.Faults;

/// <summary>A fault as asked for, in JSON or under <c>Simulator:Faults</c>. Everything but <see cref="Kind"/> may be left out.</summary>
internal sealed record FaultRequest
{
    /// <summary>One of <see cref="FaultKind"/>, in snake_case.</summary>
    public string? Kind { get; init; }

    /// <summary><c>polygon</c>, <c>binance</c>, <c>binance-futures</c>, <c>yahoo</c>, <c>coinbase</c> or <c>alpaca</c>; left out: all.</summary>
    public string? Provider { get; init; }

    /// <summary>Canonical (<c>BTC-USD</c>) or as the provider writes it (<c>BTCUSDT</c>); left out: all.</summary>
    public string? Symbol { get; init; }

    /// <summary>One of <see cref="EndpointKind"/>, in snake_case; left out: all.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The share of matching requests that are hit, above 0 to 1; drawn from the fault's seed, the symbol and how many requests it has had.</summary>
    public double? Rate { get; init; }

    /// <summary>How many requests are hit before the fault is spent; left out: without end.</summary>
    public int? Count { get; init; }

    /// <summary>How many matching requests pass before the first is hit.</summary>
    public int? After { get; init; }

    /// <summary>The status of <see cref="FaultKind.ServerError"/>, 500 to 599.</summary>
    public int? Status { get; init; }

    /// <summary>The value of <c>Retry-After</c>, whole seconds; left out: no such header.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>How late <see cref="FaultKind.Latency"/> is, or how long <see cref="FaultKind.Hang"/> lasts at most.</summary>
    public double? DelaySeconds { get; init; }

    /// <summary>Bars opening, and splits and dividends taking effect, before this instant are spared.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Bars opening, and splits and dividends taking effect, at or after this instant are spared.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The share of an answer's bars (within from and to) that are hit, above 0 to 1; 1 with from or to, else 0.02 and at least one.</summary>
    public double? BarRate { get; init; }

    /// <summary>
    /// By what prices are multiplied, 1.001 for <see cref="FaultKind.RevisedPrices"/>, 1.5 for <see cref="FaultKind.PriceSpike"/>, and ratios and
    /// amounts, 1.5 for <see cref="FaultKind.ConflictingActions"/>.
    /// </summary>
    public double? Factor { get; init; }

    /// <summary>
    /// How many sessions late <see cref="FaultKind.MisdatedActions"/> are, below zero for early, or the second of
    /// <see cref="FaultKind.RepeatedActions"/> comes; −20 to 20, −1 and 1 when left out.
    /// </summary>
    public int? Sessions { get; init; }

    /// <summary>How many spaces <see cref="FaultKind.PaddedBody"/> adds, 1 to 1,000,000,000; 1,000,000 when left out.</summary>
    public long? Bytes { get; init; }

    /// <summary>Decides which requests and bars are hit; 0 when left out.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What is wrong with the request, in one sentence; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        { Kind: null } => "kind is missing.",
        _ when !SnakeCase.TryParse<FaultKind>(Kind, out _) => $"kind '{Kind}' is none of {SnakeCase.Names<FaultKind>()}.",
        _ when Provider is not null && !Providers.TryParse(Provider, out _) => $"provider '{Provider}' is none of {Providers.Names}.",
        _ when Endpoint is not null && !SnakeCase.TryParse<EndpointKind>(Endpoint, out _) =>
            $"endpoint '{Endpoint}' is none of {SnakeCase.Names<EndpointKind>()}.",
        { Rate: <= 0 or > 1 } => $"rate is {Rate}, but must be above 0 and at most 1.",
        { BarRate: <= 0 or > 1 } => $"bar_rate is {BarRate}, but must be above 0 and at most 1.",
        { Count: < 1 } => $"count is {Count}, but must be above 0.",
        { After: < 0 } => $"after is {After}, but must not be below 0.",
        { Status: { } status } when Statuses() is var (statuses, allows) && !allows(status) => $"status is {status}, but must be {statuses}.",
        { RetryAfterSeconds: < 0 } => $"retry_after_seconds is {RetryAfterSeconds}, but must not be below 0.",
        { DelaySeconds: < 0 or > 3600 } => $"delay_seconds is {DelaySeconds}, but must be 0 to 3600.",
        { Sessions: < -20 or > 20 } => $"sessions is {Sessions}, but must be -20 to 20.",
        { Bytes: < 1 or > 1_000_000_000 } => $"bytes is {Bytes}, but must be 1 to 1000000000.",
        { Factor: <= 0 } => $"factor is {Factor}, but must be above 0.",
        _ => null,
    };

    private (string Text, Func<int, bool> Allows) Statuses() => SnakeCase.TryParse<FaultKind>(Kind, out var kind) ? kind switch
    {
        FaultKind.CaptivePortal or FaultKind.ConsentPage => ("200, 302 or 307", status => status is 200 or 302 or 307),
        FaultKind.EdgePage => ("200, 429 or 999", status => status is 200 or 429 or 999),
        _ => ("500 to 599", status => status is >= 500 and <= 599),
    } : ("", _ => true);
}
