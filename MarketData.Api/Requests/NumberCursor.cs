using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>
/// Where the next page of rows by number begins: after a row, so that pages stay right while rows are added. Opaque to callers.
/// </summary>
/// <param name="Number">The row's number.</param>
public readonly record struct NumberCursor(long Number)
{
    /// <summary>Reads a cursor that this service gave.</summary>
    public static bool TryParse(string? s, out NumberCursor result)
    {
        var read = long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        result = new(number);
        return read;
    }

    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}
