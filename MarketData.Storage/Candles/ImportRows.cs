namespace MarketData.Storage.Candles;

/// <summary>Notes in the transaction that stores a part of an import that it waits no more, and what came of it.</summary>
internal static class ImportRows
{
    private const string Stored = """
        DELETE FROM import_chunks WHERE name = @import AND symbol = @symbol AND timeframe = @timeframe AND part = @part;
        UPDATE import_series SET inserted = inserted + @inserted, updated = updated + @updated, unchanged = unchanged + @unchanged,
            rejected = rejected + @rejected
        WHERE name = @import AND symbol = @symbol AND timeframe = @timeframe;
        """;

    public static async Task StoreAsync(WriteSession session, WriteResult result)
    {
        if (session.Write.Imported is not var (import, part, kept))
            return;
        await session.ExecuteAsync("note stored part of import", Stored, new
        {
            import,
            part,
            inserted = result.Inserted,
            updated = result.Updated,
            unchanged = Math.Max(0, kept - result.Inserted - result.Updated),
            rejected = session.Write.Rejected.Count,
        });
    }
}
