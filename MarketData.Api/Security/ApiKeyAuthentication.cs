using System.Security.Claims;
using System.Text.Encodings.Web;
using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Authenticates by the header <c>X-API-Key</c>. The key is looked up for every request, so that a revoked one stops working at once
/// on every replica.
/// </summary>
public sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyStore keys, DatabaseProbe database)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "ApiKey";

    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-API-Key";

    private const int LongestKey = 100;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header] is { Count: > 0 } values)
        {
            return values is [{ Length: > 0 and <= LongestKey } secret]
                && await database.WaitAsync(() => keys.FindAsync(secret, Context.RequestAborted)) is { } key
                ? Success(key)
                : AuthenticateResult.Fail("The key is not valid.");
        }

        if (StreamTokens.Of(Context) is not { } token)
            return AuthenticateResult.NoResult();
        return await database.WaitAsync(() => keys.FindByTokenAsync(token, TimeProvider.GetUtcNow().UtcDateTime, Context.RequestAborted)) is { } holder
            ? Success(holder)
            : AuthenticateResult.Fail("The token is not valid.");
    }

    private AuthenticateResult Success(ApiKey key)
    {
        Context.Features.Set(key);
        Claim[] claims =
        [
            new(ClaimTypes.NameIdentifier, key.Id.ToString()),
            new(ClaimTypes.Name, key.Name),
            .. key.Scopes.Select(scope => new Claim("scope", scope)),
        ];
        return AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = $"""{SchemeName} realm="MarketData" """.TrimEnd();
        var problem = Request.Headers.ContainsKey(Header) ? Problems.Of(ProblemCodes.KeyInvalid, $"The key in {Header} is not valid.")
            : StreamTokens.Of(Context) is not null ? Problems.Of(ProblemCodes.KeyInvalid, "The token is not valid, or is over: ask for another one.")
            : Problems.Of(ProblemCodes.KeyMissing, $"This call needs a key in the header {Header}.");
        return problem.ExecuteAsync(Context);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope ?? Scopes.Read;
        var held = string.Join(" and ", Context.Features.Get<ApiKey>()?.Scopes.Select(scope => $"'{scope}'") ?? []);
        return Problems.Of(ProblemCodes.ScopeMissing, $"The key lacks the scope '{needed}'; it has {(held.Length == 0 ? "none" : held)}.").ExecuteAsync(Context);
    }
}
