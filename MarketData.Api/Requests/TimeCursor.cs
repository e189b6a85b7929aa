using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>
/// Where the next page of rows by time begins: after a row, so that pages stay right while rows are added. Opaque to callers.
/// </summary>
/// <param name="At">The row's time, UTC.</param>
/// <param name="Id">The row's id.</param>
/// <param name="Query">What its query is known by.</param>
public readonly record struct TimeCursor(DateTime At, Guid Id, string Query) : IQueryCursor
{
    /// <summary>Reads a cursor that this service gave.</summary>
    public static bool TryParse(string? s, out TimeCursor result)
    {
        result = default;
        if (s is not { Length: <= 80 } || s.Split('.') is not [var place, { Length: > 0 } query] || place.Split('-') is not [var ticks, var id]
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTime.MaxValue.Ticks
            || !Guid.TryParseExact(id, "N", out var guid))
            return false;
        result = new(new DateTime(at, DateTimeKind.Utc), guid, query);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.Ticks}-{Id:N}.{Query}");
}
