using System.Globalization;

namespace MarketData.Simulator.Market;

/// <summary>
/// The true daily history of the S&amp;P 500 from 3 January 2000 to 17 April 2020, 5,105 sessions
/// (package vega-datasets, BSD-3-Clause; licence beside the data).
/// </summary>
internal static class IndexHistory
{
    private static readonly SortedList<DateOnly, (double Open, double High, double Low, double Close, double Volume)> Rows = Read();

    /// <summary>First session of the file.</summary>
    public static DateOnly FirstDay => Rows.GetKeyAtIndex(0);

    /// <summary>Last session of the file.</summary>
    public static DateOnly LastDay => Rows.GetKeyAtIndex(Rows.Count - 1);

    /// <summary>Close of the last session.</summary>
    public static double LastClose => Rows.GetValueAtIndex(Rows.Count - 1).Close;

    /// <summary>The session's true prices and volume.</summary>
    /// <returns>Whether the file has that day.</returns>
    public static bool TryGet(DateOnly date, out (double Open, double High, double Low, double Close, double Volume) row) =>
        Rows.TryGetValue(date, out row);

    private static SortedList<DateOnly, (double, double, double, double, double)> Read()
    {
        using var stream = typeof(IndexHistory).Assembly.GetManifestResourceStream("sp500-daily.csv")
            ?? throw new InvalidOperationException("The S&P 500's history is missing from the assembly.");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        SortedList<DateOnly, (double, double, double, double, double)> rows = [];
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var cells = line.Split(',');
            double Number(int cell) => double.Parse(cells[cell], CultureInfo.InvariantCulture);
            rows.Add(
                DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture),
                (Number(1), Number(2), Number(3), Number(4), Number(6)));
        }

        return rows;
    }
}
