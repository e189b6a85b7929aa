using System.Diagnostics;
using System.Net;
using System.Text.Json;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// Asks one provider over HTTP, behind its gate, and turns everything that can go wrong into a <see cref="ProviderException"/>.
/// </summary>
/// <param name="http">The client; its base address ends with a slash, and its buffer is the most that an answer may have.</param>
/// <param name="gate">The provider's gate.</param>
/// <param name="time">The clock.</param>
/// <param name="restraint">Reads from an answer's headers for how long the provider is better left alone; null when it is not.</param>
/// <param name="judge">Tells what an answer that is no data means, where the provider has ways of its own to refuse.</param>
/// <param name="isExtra">Whether what it asks for is something that candles can do without.</param>
/// <param name="symbol">The symbol that it asks for; null when its requests are for none in particular.</param>
public sealed class ProviderClient(
    HttpClient http, ProviderGate gate, TimeProvider time, Func<HttpResponseMessage, TimeSpan?>? restraint = null,
    Func<HttpResponseMessage, ReadOnlyMemory<byte>, AnswerVerdict?>? judge = null, bool isExtra = false, string? symbol = null)
{
    /// <summary>What a person can do about what a provider's plan lacks.</summary>
    internal const string PlanAdvice =
        "Nothing, where another provider has it; else choose a plan that includes it, or ask for a shorter history.";

    /// <summary>What a person can do about a symbol that a provider does not know.</summary>
    internal const string UnknownAdvice = "Check the symbol's spelling, or deactivate it.";

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(7);

    private const string ProxyAdvice =
        "Log in to the proxy or network: give the user and password in HTTPS_PROXY, or name the provider's host in NO_PROXY.";

    private const string PageAdvice =
        "Wait: the symbol is tried again by itself. If it lasts, look whether a proxy or a captive portal answers in the provider's place.";

    /// <summary>Reads a body into a result.</summary>
    /// <exception cref="JsonException">The body does not read as what was asked for.</exception>
    public delegate T BodyReader<out T>(ReadOnlySpan<byte> body);

    /// <summary>The provider's name.</summary>
    public string Provider => gate.Provider;

    /// <summary>Time that the provider took to answer, over all calls.</summary>
    public TimeSpan ResponseTime { get; private set; }

    /// <summary>Answers had, over all calls.</summary>
    public int Requests { get; private set; }

    /// <summary>A client for one fetch, of a symbol or of several, whose tallies begin at zero.</summary>
    public ProviderClient ForOneFetch(string? symbol = null) => new(http, gate, time, restraint, judge, isExtra, symbol);

    /// <summary>A client for what candles can do without.</summary>
    public ProviderClient ForExtras() => new(http, gate, time, restraint, judge, isExtra: true, symbol);

    /// <summary>Asks, again where that may help, and reads the answer.</summary>
    /// <param name="address">The address, relative to the provider's.</param>
    /// <param name="read">Reads the body of a success; called again for each attempt.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="cookie">The <c>Cookie</c> header; null for none.</param>
    /// <exception cref="ProviderException">There was no usable answer.</exception>
    public Task<T> GetAsync<T>(string address, BodyReader<T> read, CancellationToken cancellation, string? cookie = null) =>
        gate.CallAsync(stop => AttemptAsync(address, cookie, read, stop, cancellation), cancellation, isExtra);

    /// <summary>Asks for cookies at the provider's address, whatever else it answers.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The <c>Cookie</c> header that goes with further requests; null when there were none.</returns>
    /// <exception cref="ProviderException">There was no answer, or the provider turns this client away.</exception>
    public Task<string?> GetCookiesAsync(CancellationToken cancellation) => gate.CallAsync(
        stop => LogAsync(
            "",
            request => AskAsync(
                "",
                null,
                (response, body) => CookiesOf(response) ?? (Judged(response, body) is { IsRefusal: true } refusal ? throw refusal : null),
                request,
                stop),
            cancellation),
        cancellation,
        isExtra);

    /// <summary>Has the whole cluster leave the provider alone, as after an answer that turns this client away.</summary>
    /// <returns>The refusal, with the instant from which on it makes sense to ask again.</returns>
    public Task<ProviderException> TurnedAwayAsync(AnswerVerdict verdict, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return gate.TurnedAwayAsync(new ProviderException(Provider, verdict.Kind, verdict.Said, verdict.Advice) { Symbol = symbol }, TimeSpan.Zero, cancellation);
    }

    /// <summary>Asks once and at once, for a few seconds at most and whatever the circuit says, and reads the answer.</summary>
    /// <param name="address">The address, relative to the provider's.</param>
    /// <param name="read">Reads the body of a success.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="cookie">The <c>Cookie</c> header; null for none.</param>
    /// <exception cref="ProviderException">There was no usable answer, or the provider wants to be left alone.</exception>
    public Task<T> ProbeAsync<T>(string address, BodyReader<T> read, CancellationToken cancellation, string? cookie = null) =>
        gate.ProbeAsync(stop => AttemptAsync(address, cookie, read, stop, cancellation), cancellation, isExtra);

    private Task<T> AttemptAsync<T>(string address, string? cookie, BodyReader<T> read, CancellationToken cancellation, CancellationToken caller) =>
        LogAsync(address, request => AttemptAsync(address, cookie, read, request, cancellation), caller);

    // Every request, answered or not: what a person wants to see who asks what goes wrong between us.
    private async Task<T> LogAsync<T>(string address, Func<Exchange, Task<T>> ask, CancellationToken caller)
    {
        var (startedAt, began, exchange) = (time.GetUtcNow(), time.GetTimestamp(), new Exchange());
        (string? Kind, string? Message) failure = default;
        try
        {
            return await ask(exchange);
        }
        catch (ProviderException e)
        {
            failure = (e.Kind.Name(), e.Message);
            throw;
        }
        catch (OperationCanceledException)
        {
            failure = caller.IsCancellationRequested ? ("cancelled", null) : ("timeout", null);
            throw;
        }
        finally
        {
            if (exchange.WasSent)
                gate.Sent(time.GetElapsedTime(began), exchange.AnsweredIn, failure.Kind is { } kind && !IsAnswer(kind));
            var origin = RequestOrigin.Current;
            gate.Log(new ProviderRequest
            {
                JobId = origin?.JobId,
                Attempt = origin?.Attempt,
                Symbol = origin?.Symbol ?? symbol,
                Timeframe = origin?.Timeframe,
                Method = HttpMethod.Get.Method,
                Address = PublicAddress.Of(new Uri(http.BaseAddress!, address)),
                Status = exchange.Status,
                Failure = failure.Kind,
                Error = failure.Message,
                Bytes = exchange.Bytes,
                StartedAt = startedAt.UtcDateTime,
                DurationMs = (exchange.AnsweredIn ?? time.GetElapsedTime(began)).TotalMilliseconds,
                TraceId = Activity.Current?.TraceId.ToString(),
            });
        }
    }

    // What a provider does not have, or was not waited for, is no failure of its.
    private static bool IsAnswer(string failure) => failure is "unknown_symbol" or "plan_limit" or "cancelled";

    private async Task<T> AttemptAsync<T>(string address, string? cookie, BodyReader<T> read, Exchange exchange, CancellationToken cancellation)
    {
        var body = ReadOnlyMemory<byte>.Empty;
        try
        {
            return await AskAsync(
                address,
                cookie,
                (response, answer) =>
                {
                    body = answer;
                    if (!(response.IsSuccessStatusCode && FirstOf(answer) is '{' or '[') && Judged(response, answer) is { } refusal)
                        throw refusal;
                    return response.IsSuccessStatusCode ? Read(answer, read) : throw Refusal(response, answer);
                },
                exchange,
                cancellation);
        }
        catch (JsonException e)
        {
            throw Unreadable(body, e);
        }
    }

    private async Task<T> AskAsync<T>(
        string address, string? cookie, Func<HttpResponseMessage, ReadOnlyMemory<byte>, T> take, Exchange exchange, CancellationToken cancellation)
    {
        var (startedAt, answering, sent) = (time.GetTimestamp(), false, SentRequest.Watch());
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = http.DefaultRequestVersion };
            if (cookie is not null)
                request.Headers.Add("Cookie", cookie);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answering = true;
            exchange.Status = (int)response.StatusCode;
            // What a cache on the way hands out was dated when it was made.
            if (response.Headers.Date is { } dated)
                gate.ClockOffset = dated + (response.Headers.Age ?? TimeSpan.Zero) - time.GetUtcNow();
            // The client's own limit holds for answers that it reads whole by itself, and this one was not.
            await response.Content.LoadIntoBufferAsync(http.MaxResponseContentBufferSize, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            var answeredIn = time.GetElapsedTime(startedAt);
            (exchange.Bytes, exchange.AnsweredIn) = (body.Length, answeredIn);
            ResponseTime += answeredIn;
            Requests++;
            if (restraint?.Invoke(response) is { } wait)
                await gate.HoldOffAsync(wait, cancellation);
            return take(response, body);
        }
        catch (HttpRequestException e) when (!answering)
        {
            throw Unreachable(e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new ProviderException(
                Provider, ProviderErrorKind.BadAnswer, $"answered more than {http.MaxResponseContentBufferSize} bytes.",
                $"Wait: the symbol is tried again by itself. If it is meant to say so much, raise Providers:{Provider}:MaxAnswerBytes.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ProviderException(
                Provider, ProviderErrorKind.BadAnswer, "broke off in the middle of its answer.", "Wait: the symbol is tried again by itself.", e);
        }
        finally
        {
            exchange.WasSent = answering || sent.HasGone;
        }
    }

    // Transient all of them: networks come back, and the person who is told can mend the rest meanwhile.
    private ProviderException Unreachable(HttpRequestException e)
    {
        var host = http.BaseAddress?.Host;
        var (why, check) = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => (
                $"DNS does not know {host}.", $"check the network's DNS, and the host in Providers:{Provider}:BaseUrl if that is set"),
            HttpRequestError.SecureConnectionError => (
                $"there is no trusted TLS connection to {host}: {(e.InnerException ?? e).Message}",
                "check this machine's clock and trusted certificates: a proxy that looks into TLS needs its own to be among them"),
            HttpRequestError.ProxyTunnelError => (
                $"the proxy does not lead to {host}: {e.Message}", "check HTTPS_PROXY and what the proxy wants to be let through"),
            HttpRequestError.ConnectionError => (
                $"{host} takes no connection: {e.Message}", "check the network, a firewall that may stand between, and the provider's address"),
            _ => (e.Message, "check the network and the provider's address"),
        };
        return new ProviderException(
            Provider, ProviderErrorKind.Transient, $"could not be reached: {why}",
            $"Wait: the symbol is tried again by itself. If it lasts, {check}.", e);
    }

    private static string? CookiesOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var cookies)
        && string.Join("; ", cookies.Select(cookie => cookie.Split(';')[0].Trim()).Where(pair => pair.Contains('='))) is { Length: > 0 } header
            ? header
            : null;

    // Rewritten only where it does not read as it came: that costs another pass over it.
    private static T Read<T>(ReadOnlyMemory<byte> body, BodyReader<T> read)
    {
        try
        {
            return read(body.Span);
        }
        catch (JsonException)
        {
            var quoted = NamedNumbers.Quote(body);
            if (quoted.Length == body.Length)
                throw;
            return read(quoted.Span);
        }
    }

    // A document that came whole was made by the provider as it is: what is wrong with it is the symbol's, not the connection's. A page is
    // often another's: a proxy's, or a captive portal's.
    private ProviderException Unreadable(ReadOnlyMemory<byte> body, JsonException cause) => new(
        Provider,
        symbol is not null && NamedNumbers.IsJson(NamedNumbers.Quote(body).Span)
            ? ProviderErrorKind.UnreadableSymbol
            : ProviderErrorKind.BadAnswer,
        IsPage(body)
            ? $"answered something unreadable: a page of HTML instead of data{Quoted(RefusalText.Of(body))}."
            : $"answered something unreadable: {cause.Message}",
        IsPage(body) ? PageAdvice : "Wait: the symbol is tried again by itself. If it lasts, the provider has changed its format.",
        cause)
    { Symbol = symbol, IsPage = IsPage(body) };

    private static bool IsPage(ReadOnlyMemory<byte> body) => FirstOf(body) is '<';

    private static char? FirstOf(ReadOnlyMemory<byte> body) => body.Span.TrimStart(" \t\r\n\uFEFF"u8) is [var first, ..] ? (char)first : null;

    private static string Quoted(string? text) => text is null ? "" : $" ({text})";

    private ProviderException? Judged(HttpResponseMessage response, ReadOnlyMemory<byte> body) =>
        judge?.Invoke(response, body) is { } verdict ? Exception(verdict, response, body) : null;

    private ProviderException Refusal(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var text = RefusalText.Of(body);
        var verdict = response.StatusCode switch
        {
            HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.NetworkAuthenticationRequired => new AnswerVerdict(
                ProviderErrorKind.Intercepted, "was not reached: something on the way wants to be logged in to", ProxyAdvice),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest when SentTo(response) is { } host => new AnswerVerdict(
                ProviderErrorKind.Intercepted, $"sends to another host, {host}", PageAdvice),
            // Those who serve data say in data that they do not know a symbol: a page must not have it taken for delisted.
            HttpStatusCode.NotFound when IsPage(body) => new AnswerVerdict(
                ProviderErrorKind.Intercepted, "was not reached: a page of HTML came in place of its answer", PageAdvice),
            HttpStatusCode.TooManyRequests or (HttpStatusCode)418 => new AnswerVerdict(
                ProviderErrorKind.RateLimited, "says that it was asked too often", "Wait: it is asked again by itself when it allows."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when RefusalText.SpeaksOfPlan(text) => new AnswerVerdict(
                ProviderErrorKind.PlanLimit, "does not include this in the key's plan", PlanAdvice),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new AnswerVerdict(
                ProviderErrorKind.BadKey, "does not accept the key", $"Set Providers:{Provider}:ApiKey to a valid key, or disable the provider."),
            HttpStatusCode.UnavailableForLegalReasons => new AnswerVerdict(
                ProviderErrorKind.RestrictedLocation, "serves nobody at this location",
                $"Nothing, where another provider has it; else set Providers:{Provider}:BaseUrl to an address that serves it, or disable the provider."),
            HttpStatusCode.NotFound => new AnswerVerdict(
                ProviderErrorKind.UnknownSymbol, "does not know this", UnknownAdvice),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new AnswerVerdict(
                ProviderErrorKind.Transient, "failed", "Wait: the symbol is tried again by itself."),
            _ => new AnswerVerdict(ProviderErrorKind.Refused, "refused the request", "Look at the provider's answer; the request may need a change."),
        };
        return Exception(verdict, response, body);
    }

    private ProviderException Exception(AnswerVerdict verdict, HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var retryAfter = RetryAfter(response);
        return new ProviderException(
            Provider, verdict.Kind, $"{verdict.Said}: HTTP {(int)response.StatusCode}{Quoted(RefusalText.Of(body))}", verdict.Advice)
        {
            Symbol = symbol,
            StatusCode = (int)response.StatusCode,
            RetryAfter = retryAfter,
            RetryAt = retryAfter is { } wait ? time.GetUtcNow() + wait : null,
        };
    }

    // The other host that a redirect names; null when it names none, or the one that was asked.
    private static string? SentTo(HttpResponseMessage response) =>
        response.Headers.Location is { IsAbsoluteUri: true, Host: var host } && host != response.RequestMessage?.RequestUri?.Host ? host : null;

    // Every node leaves the provider alone for so long: one that says "ten years" by mistake is asked again all the same.
    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta < LongestRetryAfter ? delta : LongestRetryAfter,
        { Date: { } date } when date > time.GetUtcNow() + LongestRetryAfter => LongestRetryAfter,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    // What is learnt of a request while it is under way.
    private sealed class Exchange
    {
        public bool WasSent { get; set; }

        public int? Status { get; set; }

        public long? Bytes { get; set; }

        public TimeSpan? AnsweredIn { get; set; }
    }
}
