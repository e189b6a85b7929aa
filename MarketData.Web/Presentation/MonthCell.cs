using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>How a month of a backfill looks: never by colour alone, always with a sign and words.</summary>
/// <param name="Tone">The CSS tone.</param>
/// <param name="Sign">A character that tells it from the others.</param>
/// <param name="Words">What it says to who hears the page, and on hover.</param>
public sealed record MonthCell(string Tone, string Sign, string Words)
{
    /// <summary>The look of a month.</summary>
    public static MonthCell Of(BackfillMonth month)
    {
        ArgumentNullException.ThrowIfNull(month);
        var name = month.Month.ToString("MMMM yyyy", CultureInfo.InvariantCulture);
        var stored = $"{name}: {Format.Count(month.Completed)} of {Format.Count(month.Series, "series", "series")} stored";
        return month switch
        {
            { Series: 0 } => new("quiet", "", $"{name}: nothing to fetch"),
            { Failed: > 0 } => new("bad", "✗", $"{stored}, {Format.Count(month.Failed)} failed"),
            _ when month.Completed == month.Series => new("good", "✓", stored),
            { Completed: 0 } => new("quiet", "·", stored),
            _ => new("busy", "◐", stored),
        };
    }
}
