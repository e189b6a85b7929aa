namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>One answer of Yahoo's chart without its bars.</summary>
public sealed class YahooPage
{
    /// <summary>Rows read, whatever became of them.</summary>
    public int Rows { get; internal set; }

    /// <summary>Whether there was a result, be it empty.</summary>
    public bool HasResult { get; internal set; }

    /// <summary>The interval that the provider says it answered with; it may be coarser than asked. Null when not said.</summary>
    public string? Granularity { get; internal set; }

    /// <summary>What a price of 1 means, a currency or <c>GBp</c>, and of dividends; null when not said.</summary>
    public string? Currency { get; internal set; }

    /// <summary>The symbol that the answer speaks of; null when not said.</summary>
    public string? Symbol { get; internal set; }

    /// <summary>The IANA id of the exchange's time zone; null when not said.</summary>
    public string? Zone { get; internal set; }

    /// <summary>Seconds by which the exchange's clock is before UTC's now; null when not said.</summary>
    public double? GmtOffset { get; internal set; }

    /// <summary><c>EQUITY</c>, <c>ETF</c>, <c>INDEX</c>, <c>CURRENCY</c>, <c>CRYPTOCURRENCY</c>, …; null when not said.</summary>
    public string? InstrumentType { get; internal set; }

    /// <summary>Yahoo's code of the exchange, such as <c>LSE</c>; null when not said.</summary>
    public string? ExchangeName { get; internal set; }

    /// <summary>The instrument's full name; null when not said.</summary>
    public string? LongName { get; internal set; }

    /// <summary>When its history begins; null when not said.</summary>
    public DateTime? FirstTrade { get; internal set; }

    /// <summary><c>chart.error.code</c>; null when there was no error.</summary>
    public string? ErrorCode { get; internal set; }

    /// <summary><c>chart.error.description</c>.</summary>
    public string? ErrorDescription { get; internal set; }

    /// <summary>Whether the answer had an <c>events</c> object.</summary>
    public bool HasEvents { get; internal set; }

    /// <summary>What of the events can't be read, each with its place in the document, in one sentence.</summary>
    public List<string> Flaws { get; } = [];

    /// <summary>Splits: instant of the first session at the new price, old and new shares, 0 for what is no number.</summary>
    public List<(DateTime At, double From, double To)> Splits { get; } = [];

    /// <summary>
    /// Cash dividends: instant of the first session without the right to them, split-adjusted amount per share, 0 for what is no number, and its
    /// currency where that is told and so not <see cref="Currency"/>.
    /// </summary>
    public List<(DateTime At, double Amount, string? Currency)> Dividends { get; } = [];
}
