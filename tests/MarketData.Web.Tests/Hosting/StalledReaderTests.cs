using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Web.Tests.Hosting;

/// <summary>Through the front door a reader that stalls is noticed where the answer is made, and let go.</summary>
public sealed class StalledReaderTests
{
    [Theory]
    [InlineData("/api/v1/historical/AAPL")]
    [InlineData("/api/v1/symbols")]
    public async Task An_answer_that_nobody_reads_ends_where_it_is_made(string path)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var ended = new TaskCompletionSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var api = builder.Build();
        api.Urls.Add("http://127.0.0.1:0");
        api.Run(async context =>
        {
            // The dashboard's own service asks, too.
            if (context.Request.Path != path)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            var piece = new byte[64 * 1024];
            context.RequestAborted.Register(ended.SetResult);
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        await api.StartAsync(cancellation);
        await using var door = new DashboardServer();
        var address = door.Start(api.Urls.First(), ("ResponseRate:BytesPerSecond", "1000000"), ("ResponseRate:GraceSeconds", "2"));
        using var reader = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
        await reader.ConnectAsync(address.Host, address.Port, cancellation);
        await reader.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"), cancellation);

        await ended.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellation);
    }
}
