namespace MarketData.Api.Enrichment;

/// <summary>What somebody who mistyped a symbol may have meant.</summary>
public static class NearMisses
{
    private const int Most = 3;

    /// <summary>Says that a symbol is not tracked, and which tracked ones resemble it.</summary>
    public static string Sentence(string symbol, IEnumerable<string> tracked)
    {
        var near = Find(symbol, tracked);
        return near.Count == 0 ? $"{symbol} is not tracked." : $"{symbol} is not tracked; did you mean {string.Join(", ", near)}?";
    }

    /// <summary>
    /// The tracked symbols that are at most two slips away (a letter too many, too few, wrong, or two exchanged; one slip for three letters or less),
    /// or that begin with what was given; nearest first, three at most.
    /// </summary>
    public static IReadOnlyList<string> Find(string symbol, IEnumerable<string> tracked)
    {
        var allowed = symbol.Length <= 3 ? 1 : 2;
        return
        [
            .. tracked.Select(name => (Name: name, Slips: Slips(symbol, name)))
                .Where(candidate => candidate.Slips <= allowed || candidate.Name.StartsWith(symbol, StringComparison.Ordinal))
                .OrderBy(candidate => candidate.Slips).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(Most).Select(candidate => candidate.Name),
        ];
    }

    // The optimal string alignment distance; symbols have 20 characters at most.
    private static int Slips(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            distance[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            distance[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(change, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }

        return distance[a.Length, b.Length];
    }
}
