using System.Net;
using System.Text;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>How Yahoo turns clients away: in words and pages of its edge servers, with any status.</summary>
public static class YahooRefusals
{
    private const int LongestPage = 262_144;
    private const string Advice =
        "Yahoo has no official interface, and turns many clients away. Use a provider that serves you: Alpaca for US stocks and ETFs with a free "
        + "key, Coinbase or Binance for crypto without one. Yahoo is asked again by itself, ever more rarely while it refuses.";

    private static readonly string[] ConsentHosts = ["guce.yahoo.com", "consent.yahoo.com", "guce.oath.com"];

    /// <summary>It goes on asking for cookie and crumb though it was sent those that it gave.</summary>
    internal static readonly AnswerVerdict CrumbNotAccepted =
        new(ProviderErrorKind.ClientRefused, "does not accept the cookie and crumb that it gave to this client", Advice);

    /// <summary>It gave something else for a crumb.</summary>
    internal static readonly AnswerVerdict NoCrumb = new(ProviderErrorKind.ClientRefused, "asks for a crumb, and gives this client none", Advice);

    /// <summary>What an answer that is no data means; null when Yahoo means by it what others do.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    public static AnswerVerdict? Of(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(response);
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestPage)]);
        if (WantsConsent(response, text))
        {
            return new AnswerVerdict(
                ProviderErrorKind.ConsentWanted, "sends this client to its consent page, which only a person with a browser can answer", Advice);
        }

        return (int)response.StatusCode switch
        {
            401 when Says(text, "Invalid Crumb") || Says(text, "Invalid Cookie") =>
                new AnswerVerdict(ProviderErrorKind.BadKey, "asks for its cookie and crumb", Advice),
            401 => new AnswerVerdict(ProviderErrorKind.Refused, "does not give this without a key, and has none to give", Advice),
            // What has a Retry-After is a limit as others have it.
            429 when response.Headers.RetryAfter is not null => null,
            403 or 429 or 999 => Refused,
            _ when Says(text, "Too Many Requests") || text.AsSpan().TrimStart().StartsWith("Edge:", StringComparison.OrdinalIgnoreCase) => Refused,
            _ => null,
        };
    }

    private static AnswerVerdict Refused => new(ProviderErrorKind.ClientRefused, "refuses this client", Advice);

    private static bool WantsConsent(HttpResponseMessage response, string text) =>
        response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest
            ? response.Headers.Location is { IsAbsoluteUri: true, Host: var host } && ConsentHosts.Any(known => host.EndsWith(known, StringComparison.OrdinalIgnoreCase))
            : text.AsSpan().TrimStart().StartsWith("<") && ConsentHosts.Any(known => Says(text, known));

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
}
