using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>
/// Where the next page of rows by number begins: after a row, so that pages stay right while rows are added. Opaque to callers.
/// </summary>
/// <param name="Number">The row's number.</param>
/// <param name="Query">What its query is known by.</param>
public readonly record struct NumberCursor(long Number, string Query) : IQueryCursor
{
    /// <summary>Reads a cursor that this service gave.</summary>
    public static bool TryParse(string? s, out NumberCursor result)
    {
        result = default;
        if (s is not { Length: <= 40 } || s.Split('.') is not [var place, { Length: > 0 } query]
            || !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        result = new(number, query);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}.{Query}");
}
