using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Candles that somebody wants as files: the addresses they have, and the same for a terminal and for Python.</summary>
public sealed record CandleExport
{
    private const int MostNamed = 3;

    // Many symbols in one file are told apart by it.
    private const string SymbolColumn = "symbol";

    /// <summary>What there is of every candle, in the order of the Api.</summary>
    public static IReadOnlyList<string> CandleColumns { get; } =
    [
        "timestamp", "open", "high", "low", "close", "volume", "vwap", "trade_count", "source", "is_validated", "quality_score",
        "validation_notes",
    ];

    /// <summary>What there is beside of crypto.</summary>
    public static IReadOnlyList<string> MicrostructureColumns { get; } =
    [
        "open_interest", "funding_rate", "long_short_ratio", "long_liquidations", "short_liquidations", "taker_buy_volume", "taker_sell_volume",
    ];

    /// <summary>The forms that candles are exported in.</summary>
    public static IReadOnlyList<(string Name, string Text)> Formats { get; } =
        [("csv", "CSV"), ("parquet", "Parquet"), ("arrow", "Arrow"), ("ndjson", "NDJSON")];

    /// <summary>The symbols, one at least.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The first day, or instant in UTC, as the Api reads it; null for the beginning.</summary>
    public string? Start { get; init; }

    /// <summary>The last day, or the instant in UTC that candles open before; null for the end.</summary>
    public string? End { get; init; }

    /// <summary>The columns of candles to give, in order; null for all that there are.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The names of the features to give beside.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>What prices are adjusted for: <c>all</c>, <c>splits</c> or <c>none</c>.</summary>
    public string Adjusted { get; init; } = "all";

    /// <summary>The form: one of <see cref="Formats"/>.</summary>
    public string Format { get; init; } = "csv";

    /// <summary>Whether the Api asks for a key, which programs then take from the environment's <c>KEY</c>.</summary>
    public bool NeedsKey { get; init; }

    private bool HasTimes => Columns?.Contains("timestamp") != false;

    /// <summary>The address of one interval's candles, beginning with a slash.</summary>
    public string Path(string timeframe)
    {
        var query = UrlQuery.Of(
            ("symbols", Symbols.Count == 1 ? null : UrlQuery.Text(Symbols)), ("timeframe", timeframe), ("start", Start), ("end", End),
            ("columns", UrlQuery.Text(Columns is null || Symbols.Count == 1 ? Columns : [SymbolColumn, .. Columns])), ("features", UrlQuery.Text(Features)),
            ("adjusted", Adjusted == "all" ? null : Adjusted), ("format", Format));
        // Both may stand in a query as they are, and people can read it then.
        query = query.Replace("%2C", ",", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal);
        return "/api/v1/historical" + (Symbols.Count == 1 ? "/" + UrlQuery.Segment(Symbols[0]) : "") + query;
    }

    /// <summary>A name for the file of one interval.</summary>
    public string FileName(string timeframe)
    {
        var symbols = Symbols.Count <= MostNamed ? string.Join('+', Symbols) : $"{Symbols.Count}-symbols";
        return $"{string.Concat(symbols.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))}_{timeframe}.{Format}";
    }

    /// <summary>What fetches one interval's file in a terminal.</summary>
    /// <param name="origin">Where the Api is reached: scheme, host and port.</param>
    /// <param name="timeframe">The interval.</param>
    public string Curl(string origin, string timeframe) =>
        $"curl -fsS {(NeedsKey ? "-H \"X-API-Key: $KEY\" " : "")}-o \"{FileName(timeframe)}\" \"{origin}{Path(timeframe)}\"";

    /// <summary>What reads one interval into a data frame in Python: pandas, and pyarrow where the format asks for it.</summary>
    /// <param name="origin">Where the Api is reached: scheme, host and port.</param>
    /// <param name="timeframe">The interval.</param>
    public string Python(string origin, string timeframe)
    {
        var address = $"\"{origin}{Path(timeframe)}\"";
        var key = NeedsKey ? "{\"X-API-Key\": os.environ[\"KEY\"]}" : null;
        var with = key is null ? "" : $", storage_options={key}";
        var import = "import " + (NeedsKey ? "os, " : "");
        return Format switch
        {
            "parquet" => $"{import}pandas as pd; frame = pd.read_parquet({address}{with})",
            "ndjson" => $"{import}pandas as pd; frame = pd.read_json({address}, lines=True, precise_float=True{with})",
            "arrow" => $"{import}urllib.request, pyarrow.ipc; frame = pyarrow.ipc.open_stream(urllib.request.urlopen("
                + (key is null ? address : $"urllib.request.Request({address}, headers={key})") + ")).read_pandas()",
            _ => $"{import}pandas as pd; frame = pd.read_csv({address}{(HasTimes ? ", parse_dates=[\"timestamp\"]" : "")}, "
                + $"float_precision=\"round_trip\"{with})",
        };
    }
}
