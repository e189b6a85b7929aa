using System.Text;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>
/// The cookie and crumb that Yahoo asks some clients for: fetched when it asks, kept in memory, sent along from then on, and fetched anew once
/// when it refuses them.
/// </summary>
/// <param name="cookies">Asks the host that gives cookies.</param>
public sealed class YahooSession(ProviderClient cookies) : IDisposable
{
    /// <summary>Where cookies are given.</summary>
    public static ProviderEndpoint CookieEndpoint { get; } = new("yahoo-cookie", new("https://fc.yahoo.com/"), nameof(YahooOptions.CookieUrl));

    private const string CrumbAddress = "v1/test/getcrumb";

    private readonly SemaphoreSlim _renewing = new(1);
    private volatile Pass? _pass;

    /// <summary>Makes a request with what Yahoo was last content with, and again with a new cookie and crumb when it asks for them.</summary>
    /// <param name="client">The client of the request.</param>
    /// <param name="address">The request's address with a query, relative to the provider's.</param>
    /// <param name="ask">Makes the request, given its address and <c>Cookie</c> header.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ProviderException">There was no usable answer; Yahoo refused a new cookie and crumb too, or gave none.</exception>
    public async Task<T> AskAsync<T>(ProviderClient client, string address, Func<string, string?, Task<T>> ask, CancellationToken cancellation)
    {
        var pass = _pass;
        try
        {
            return await ask(AddressOf(address, pass), pass?.Cookie);
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.BadKey)
        {
            // It asks for them, or for newer ones.
        }

        try
        {
            pass = await RenewAsync(client.ForExtras(), pass, cancellation);
            return await ask(AddressOf(address, pass), pass.Cookie);
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.BadKey)
        {
            throw await client.TurnedAwayAsync(YahooRefusals.CrumbNotAccepted, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _renewing.Dispose();

    // Requests that were refused side by side share what the first of them fetches.
    private async Task<Pass> RenewAsync(ProviderClient client, Pass? refused, CancellationToken cancellation)
    {
        await _renewing.WaitAsync(cancellation);
        try
        {
            if (_pass is { } newer && !ReferenceEquals(newer, refused))
                return newer;
            var cookie = await cookies.GetCookiesAsync(cancellation);
            var crumb = await client.GetAsync(CrumbAddress, static body => Encoding.UTF8.GetString(body).Trim(), cancellation, cookie);
            if (crumb.Length == 0 || crumb.Any(char.IsWhiteSpace) || crumb[0] is '<' or '{')
                throw await client.TurnedAwayAsync(YahooRefusals.NoCrumb, cancellation);
            return _pass = new Pass(cookie, crumb);
        }
        finally
        {
            _renewing.Release();
        }
    }

    private static string AddressOf(string address, Pass? pass) => pass is null ? address : $"{address}&crumb={Uri.EscapeDataString(pass.Crumb)}";

    private sealed record Pass(string? Cookie, string Crumb);
}
