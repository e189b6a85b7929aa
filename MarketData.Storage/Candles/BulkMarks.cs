namespace MarketData.Storage.Candles;

/// <summary>
/// Notes, in the transaction that changes candles, which of them bulk files have to be written again for: <c>bulk_marks</c>. A mark is one row a
/// series, so that it costs as little where no files are written.
/// </summary>
internal static class BulkMarks
{
    private const string Widen = """
        ON CONFLICT (series_id) DO UPDATE SET changed_from = least(m.changed_from, excluded.changed_from),
            changed_until = greatest(m.changed_until, excluded.changed_until), token = excluded.token;
        """;

    /// <summary>
    /// After candles from an instant on are new, have other values or are gone: the features of all that follow may be others. Takes
    /// <c>@seriesId</c> and <c>@changedFrom</c>.
    /// </summary>
    public const string From = $"""
        INSERT INTO bulk_marks AS m (series_id, changed_from, changed_until) VALUES (@seriesId, @changedFrom, 'infinity') {Widen}
        """;

    /// <summary>After candles are judged otherwise, which no feature follows from. Takes <c>@seriesId</c>, <c>@changedFrom</c> and <c>@changedTo</c>.</summary>
    public const string Within = $"""
        INSERT INTO bulk_marks AS m (series_id, changed_from, changed_until) VALUES (@seriesId, @changedFrom, @changedTo) {Widen}
        """;

    /// <summary>After any candle of a series. Takes <c>@symbol</c> and <c>@timeframe</c>.</summary>
    public const string All = $"""
        INSERT INTO bulk_marks AS m (series_id, changed_from, changed_until)
        SELECT id, '-infinity', 'infinity' FROM series WHERE symbol = @symbol AND timeframe = @timeframe {Widen}
        """;
}
