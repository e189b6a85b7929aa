using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace MarketData.Web.Api;

/// <summary>
/// Requests to the Api as the operator of this session, at the address of the operator's browser, with failures as <see cref="ApiException"/>.
/// </summary>
public sealed class ApiConnection(HttpClient http, OperatorSession session, Caller caller, SharedReads reads)
{
    /// <summary>The largest answer that is shown as text when it is not a problem document, in characters.</summary>
    private const int LongestPlainError = 300;

    private string? _key;

    /// <summary>The same with a key of its own, whoever has signed in.</summary>
    public ApiConnection As(string key) => new(http, session, caller, reads) { _key = key };

    /// <summary>Reads a resource.</summary>
    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        var key = await KeyAsync();
        // The Api notes who used a key, and from where; without one a read is the same for all.
        var reader = key is null ? null : new Reader(key, caller.Address);
        return await reads.GetAsync(
            reader, path, () => ReadAsync<T>(HttpMethod.Get, path, null, key, CancellationToken.None), cancellationToken);
    }

    /// <summary>Sends a request that changes something, with an optional JSON body, and reads the answer.</summary>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        // Names the click's trace after the request; else it would be named after the component that received the event.
        Activity.Current?.DisplayName = $"{method} {path}";
        try
        {
            return await ReadAsync<T>(method, path, body, await KeyAsync(), cancellationToken);
        }
        finally
        {
            reads.Clear();
        }
    }

    private async Task<string?> KeyAsync() => _key ?? await session.KeyAsync();

    private async Task<T> ReadAsync<T>(HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, key, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellationToken)
                ?? throw new ApiException(response.StatusCode, "The API sent an empty answer.");
        }
        catch (JsonException broken)
        {
            throw new ApiException(response.StatusCode, "The API sent an answer that can't be read.", broken.Message, inner: broken);
        }
        catch (Exception failure) when (IsUnreachable(failure, cancellationToken))
        {
            throw Unreachable(failure);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ApiJson.Options);
        if (key is not null)
            request.Headers.Add(OperatorSession.KeyHeader, key);
        if (caller.Address is { } address)
            request.Headers.Add(Caller.Header, address.ToString());

        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception failure) when (IsUnreachable(failure, cancellationToken))
        {
            throw Unreachable(failure);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ReadProblemAsync(response, Refusals.Words(response.StatusCode, response.Headers.RetryAfter?.Delta), cancellationToken);
    }

    private static bool IsUnreachable(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        HttpRequestException or IOException or TimeoutRejectedException or BrokenCircuitException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    private static ApiException Unreachable(Exception failure) => new(
        null,
        failure is TimeoutRejectedException or OperationCanceledException ? "The API takes too long to answer." : "The API can't be reached.",
        "The dashboard keeps trying and recovers by itself.",
        inner: failure);

    // Our own words come first where there are some; what the Api says of the cause stands below them.
    private static async Task<ApiException> ReadProblemAsync(HttpResponseMessage response, string? words, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (JsonSerializer.Deserialize<Problem>(text, ApiJson.Options) is { Title: not null } problem)
                return new ApiException(response.StatusCode, words ?? problem.Title, problem.Detail, problem.Errors);
        }
        catch (JsonException)
        {
            // Not a problem document: the plain text below is the best there is.
        }

        return new ApiException(
            response.StatusCode, words ?? $"The API answered {(int)response.StatusCode}.", text is { Length: > 0 and < LongestPlainError } ? text : null);
    }

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
