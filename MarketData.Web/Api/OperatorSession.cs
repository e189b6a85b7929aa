using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace MarketData.Web.Api;

/// <summary>
/// Who works at this page. The key stays in the encrypted session cookie and in the server's memory: no script can read it.
/// </summary>
public sealed class OperatorSession(AuthenticationStateProvider authentication)
{
    /// <summary>The request header that carries an API key.</summary>
    public const string KeyHeader = "X-API-Key";

    /// <summary>The claim that holds the operator's API key.</summary>
    public const string KeyClaim = "marketdata:key";

    /// <summary>Whether a text may be an API key: a header can carry no other letters, and every key is of these.</summary>
    public static bool IsKey(string text) => text.All(letter => letter is > ' ' and <= '~');

    /// <summary>The API key of the signed-in operator; null when nobody is signed in.</summary>
    public async Task<string?> KeyAsync() =>
        (await authentication.GetAuthenticationStateAsync()).User.FindFirstValue(KeyClaim);
}
