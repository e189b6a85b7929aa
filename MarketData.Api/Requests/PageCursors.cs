using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MarketData.Api.Requests;

/// <summary>Where pages begin. To callers a cursor is an opaque text; it says after which row the page begins, so that pages stay right while rows are added.</summary>
public static class PageCursors
{
    private const int MaxLength = 200;

    /// <summary>Pages ordered by time and id.</summary>
    public static RequestParameter<(DateTime At, Guid Id)?> ByTime { get; } = Cursor<(DateTime At, Guid Id)?>(ReadTime);

    /// <summary>Pages ordered by number.</summary>
    public static RequestParameter<long?> ByNumber { get; } = Cursor<long?>(ReadNumber);

    /// <summary>The cursor of the page after a row with this time and id.</summary>
    public static string After(DateTime at, Guid id) => Encode(string.Create(CultureInfo.InvariantCulture, $"{at.Ticks} {id:N}"));

    /// <summary>The cursor of the page after the row with this number.</summary>
    public static string After(long number) => Encode(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A parameter <c>cursor</c> of another kind.</summary>
    public static RequestParameter<T> Cursor<T>(RequestParameter<T>.Reader read) => new(read, default!)
    {
        Name = "cursor",
        Location = ParameterLocation.Query,
        Description = "Where the page begins: the `next_cursor` of the page before.",
        Schema = new() { ["type"] = "string", ["maxLength"] = MaxLength },
        Requirement = "must be the 'next_cursor' of the page before.",
    };

    private static bool ReadTime(IReadOnlyList<string> texts, out (DateTime At, Guid Id)? value)
    {
        value = null;
        if (Decode(texts[0])?.Split(' ') is not [var ticks, var id]
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTime.MaxValue.Ticks
            || !Guid.TryParseExact(id, "N", out var guid))
            return false;
        value = (new DateTime(at, DateTimeKind.Utc), guid);
        return true;
    }

    private static bool ReadNumber(IReadOnlyList<string> texts, out long? value)
    {
        var read = long.TryParse(Decode(texts[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        value = number;
        return read;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(text));

    private static string? Decode(string text) =>
        text.Length <= MaxLength && Base64Url.IsValid(text) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)) : null;
}
