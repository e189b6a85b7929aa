namespace MarketData.Enrichment.Providers.Wire;

/// <summary>A request's address as people may see it: without user, password, and what goes by the name of a key or secret in the query.</summary>
internal static class PublicAddress
{
    private const string Hidden = "***";

    // Parts of names: apiKey, api_key, access_token, X-Amz-Signature, crumb.
    private static readonly string[] Secrets = ["key", "token", "secret", "sign", "sig", "crumb", "passw", "auth", "credential", "session"];

    /// <summary>The address without secrets.</summary>
    public static string Of(Uri address)
    {
        var bare = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return address.Query.Length < 2 ? bare : $"{bare}?{string.Join('&', address.Query[1..].Split('&').Select(WithoutSecret))}";
    }

    private static string WithoutSecret(string pair)
    {
        var name = Uri.UnescapeDataString(pair.Split('=')[0]);
        return Array.Exists(Secrets, secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase)) && pair.Contains('=')
            ? $"{pair[..pair.IndexOf('=')]}={Hidden}"
            : pair;
    }
}
