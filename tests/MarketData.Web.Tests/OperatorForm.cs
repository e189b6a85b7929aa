using System.Net;
using System.Text.RegularExpressions;

namespace MarketData.Web.Tests;

/// <summary>Signs in as a browser does: fetches the form with its hidden fields, and posts it with the cookies that came with it.</summary>
internal static partial class OperatorForm
{
    public static async Task<(HttpResponseMessage Answer, string[] Cookies)> SignInAsync(HttpClient client, string to, string key = "good-key")
    {
        var (answer, given) = await TryAsync(client, to, key);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (answer, [.. given, .. answer.Headers.GetValues("Set-Cookie")]);
    }

    /// <summary>Posts the form, whatever comes of it.</summary>
    /// <returns>The answer, and the cookies that came with the form.</returns>
    public static async Task<(HttpResponseMessage Answer, string[] Given)> TryAsync(HttpClient client, string to, string key)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var form = await client.GetAsync($"/dashboard/sign-in?to={to}", cancellation);
        var page = await form.Content.ReadAsStringAsync(cancellation);
        var fields = HiddenField().Matches(page).ToDictionary(field => field.Groups["name"].Value, field => WebUtility.HtmlDecode(field.Groups["value"].Value));
        fields["Input.Key"] = key;
        var given = form.Headers.TryGetValues("Set-Cookie", out var set) ? set.ToArray() : [];

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/dashboard/sign-in?to={to}") { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Cookie", string.Join("; ", given.Select(cookie => cookie.Split(';')[0])));
        return (await client.SendAsync(request, cancellation), given);
    }

    /// <summary>The session's cookie, as a browser sends it.</summary>
    public static async Task<string> SessionAsync(HttpClient client) =>
        (await SignInAsync(client, "")).Cookies.Single(cookie => cookie.StartsWith("marketdata-operator=", StringComparison.Ordinal)).Split(';')[0];

    /// <summary>Whether that cookie is a session's here.</summary>
    public static async Task<bool> IsSignedInAsync(HttpClient client, string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard/sign-in");
        request.Headers.Add("Cookie", session);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, page);
        return page.Contains("You work with the key", StringComparison.Ordinal);
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)" />""")]
    private static partial Regex HiddenField();
}
