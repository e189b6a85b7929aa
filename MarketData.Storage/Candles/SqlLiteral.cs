using System.Globalization;

namespace MarketData.Storage.Candles;

/// <summary>Values as they are written into a statement that can have no parameters, such as COPY.</summary>
internal static class SqlLiteral
{
    /// <summary>Text, whatever is in it.</summary>
    /// <remarks>Source: PostgreSQL documentation, "String Constants with C-Style Escapes": right whatever <c>standard_conforming_strings</c> says.</remarks>
    public static string Of(string value) =>
        $"E'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A number.</summary>
    public static string Of(double value) => $"'{value.ToString("R", CultureInfo.InvariantCulture)}'::double precision";

    /// <summary>An instant, UTC.</summary>
    public static string Of(DateTime value) => string.Create(CultureInfo.InvariantCulture, $"'{value:yyyy-MM-dd HH:mm:ss.ffffff}+00'::timestamptz");
}
