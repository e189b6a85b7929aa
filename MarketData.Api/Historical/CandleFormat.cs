namespace MarketData.Api.Historical;

/// <summary>The forms that candles are given in.</summary>
public enum CandleFormat
{
    /// <summary>A page as one JSON object.</summary>
    Json,

    /// <summary>A JSON object a line.</summary>
    Ndjson,

    /// <summary>Comma-separated values with a header line (RFC 4180).</summary>
    Csv,

    /// <summary>An Apache Parquet file.</summary>
    Parquet,

    /// <summary>An Apache Arrow IPC stream.</summary>
    Arrow,
}
