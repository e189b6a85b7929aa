namespace MarketData.Web.Operators;

/// <summary>Where a person goes after signing in: back to a page of the dashboard, never to another site and nowhere else on this one.</summary>
public static class ReturnAddress
{
    /// <summary>The address to go to: path and query, below the dashboard's.</summary>
    /// <param name="dashboard">The dashboard's own address, with a slash at its end.</param>
    /// <param name="to">What the address of the sign-in page asks for, relative to the dashboard or from the root of the host.</param>
    /// <returns>The dashboard's start page when <paramref name="to"/> leads out of it, whatever it is written like.</returns>
    public static string Within(Uri dashboard, string? to)
    {
        ArgumentNullException.ThrowIfNull(dashboard);
        return to is { Length: > 0 } && IsPlain(to) && Uri.TryCreate(dashboard, to, out var target) && dashboard.IsBaseOf(target)
            && target.Authority == dashboard.Authority
            ? target.PathAndQuery
            : dashboard.AbsolutePath;
    }

    // Browsers drop control characters, read a backslash as a slash, and take an encoded dot for a dot.
    private static bool IsPlain(string to)
    {
        var path = Uri.UnescapeDataString(to.Split('?', '#')[0]);
        return !to.Any(char.IsControl) && !to.Contains('\\') && !path.Any(char.IsControl) && !path.Contains('\\') && !path.Split('/').Contains("..");
    }
}
