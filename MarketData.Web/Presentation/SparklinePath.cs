using System.Globalization;
using System.Text;

namespace MarketData.Web.Presentation;

/// <summary>The points of a small line in a box of 100 by 24, padded by two.</summary>
public static class SparklinePath
{
    /// <summary>SVG points for the values, left to right; missing ones leave their place empty.</summary>
    /// <param name="values">The values, oldest first.</param>
    /// <param name="minimum">The bottom of the scale, lowered to the smallest value when that is below.</param>
    /// <param name="maximum">The top of the scale, raised to the largest value when that is above.</param>
    public static string Points(IReadOnlyList<double?> values, double minimum, double maximum)
    {
        var present = values.OfType<double>().Where(double.IsFinite).ToArray();
        if (present.Length == 0)
            return "";
        var bottom = Math.Min(minimum, present.Min());
        var top = Math.Max(maximum, present.Max());
        var height = top > bottom ? top - bottom : 1;
        var points = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value || !double.IsFinite(value))
                continue;
            var x = values.Count > 1 ? 100.0 * i / (values.Count - 1) : 50;
            var y = 22 - 20 * (value - bottom) / height;
            points.Append(points.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");
        }

        return points.ToString();
    }
}
