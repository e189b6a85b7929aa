using System.Globalization;
using System.Text;

namespace MarketData.Web.Presentation;

/// <summary>The points of a small line in a box of 100 by 24, padded by two.</summary>
public static class SparklinePath
{
    /// <summary>SVG points for the values, left to right; missing ones leave their place empty.</summary>
    /// <param name="values">The values, oldest first.</param>
    /// <param name="minimum">The bottom of the scale, where what is below is drawn, too: rows are compared, so they share one scale.</param>
    /// <param name="maximum">The top of the scale, where what is above is drawn, too.</param>
    public static string Points(IReadOnlyList<double?> values, double minimum, double maximum)
    {
        var points = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value || !double.IsFinite(value))
                continue;
            var x = values.Count > 1 ? 100.0 * i / (values.Count - 1) : 50;
            var y = 22 - 20 * (Math.Clamp(value, minimum, maximum) - minimum) / (maximum - minimum);
            points.Append(points.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");
        }

        return points.ToString();
    }
}
