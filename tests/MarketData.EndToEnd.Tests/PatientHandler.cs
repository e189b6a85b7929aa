using System.Net;

namespace MarketData.EndToEnd.Tests;

/// <summary>Does as a 503 asks: comes again after <c>Retry-After</c>, as clients on a busy machine have to.</summary>
internal sealed class PatientHandler : DelegatingHandler
{
    private const int Attempts = 5;

    public PatientHandler() : base(new SocketsHttpHandler { AllowAutoRedirect = false })
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
