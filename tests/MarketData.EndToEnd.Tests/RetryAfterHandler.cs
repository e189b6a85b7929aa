using System.Net;

namespace MarketData.EndToEnd.Tests;

/// <summary>Sends a request again when a 503 names a <c>Retry-After</c>, as an API on a busy machine may.</summary>
internal sealed class RetryAfterHandler : DelegatingHandler
{
    private const int Attempts = 5;

    public RetryAfterHandler() : base(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter?.Delta is not { } delay || attempt == Attempts)
                return response;
            response.Dispose();
            await Task.Delay(delay, cancellationToken);
        }
    }
}
