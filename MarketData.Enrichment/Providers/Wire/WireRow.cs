using System.Text.Json;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>Reads rows that come as arrays, part by part, where they are not written as usual.</summary>
internal static class WireRow
{
    /// <summary>Reads a row whose first part is its time, and the others numbers.</summary>
    /// <param name="cursor">Stands at the row; behind it afterwards.</param>
    /// <param name="fields">Where the numbers go; not a number what can't be read.</param>
    /// <param name="count">Parts that are read; those behind them are passed over.</param>
    /// <param name="time">The row's time, UTC.</param>
    /// <param name="timed">Whether it has one.</param>
    /// <returns>The first part that can't be read, and what stands there; null when all can.</returns>
    public static string? ReadAny(ref WireCursor cursor, scoped Span<double> fields, int count, out DateTime time, out bool timed)
    {
        fields.Fill(double.NaN);
        (time, timed) = (default, false);
        var reader = cursor.ReadHere();
        string? flaw = null;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            flaw = $" is {JsonNumbers.Describe(ref reader)}";
            reader.Skip();
            cursor.Accept(ref reader);
            return flaw;
        }

        for (var field = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; field++)
        {
            var described = JsonNumbers.Describe(reader.TokenType);
            if (field == 0)
            {
                timed = WireTime.TryRead(ref reader, out time);
                flaw = timed ? null : $"[{field}] is {described}";
            }
            else if (field < count)
            {
                JsonNumbers.Read(ref reader, out fields[field], out var other);
                flaw ??= other is null ? null : $"[{field}] is {other}";
            }
            else
                reader.Skip();
        }

        cursor.Accept(ref reader);
        return flaw;
    }
}
