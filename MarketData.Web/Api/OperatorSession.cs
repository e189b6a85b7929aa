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

    /// <summary>The API key of the signed-in operator; null when nobody is signed in.</summary>
    public async Task<string?> KeyAsync() =>
        (await authentication.GetAuthenticationStateAsync()).User.FindFirstValue(KeyClaim);
}
