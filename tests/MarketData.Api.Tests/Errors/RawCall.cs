using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MarketData.Api.Tests.Errors;

/// <summary>Sends bytes that no HTTP library would send, and reads the answer to the end of the connection.</summary>
internal static class RawCall
{
    /// <summary>The status, the headers and the body of the answer.</summary>
    public static async Task<(int Status, string Head, string Body)> SendAsync(Uri address, string request)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var parts = (await reader.ReadToEndAsync(cancellation)).Split("\r\n\r\n", 2);
        return (int.Parse(parts[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), parts[0], parts[1]);
    }

    /// <summary>The code of the problem that the answer must be, after a check of all that goes with it.</summary>
    public static async Task<string> ProblemAsync(Uri address, string request)
    {
        var (status, head, body) = await SendAsync(address, request);
        head.ShouldContain("Content-Type: application/problem+json");
        head.ShouldContain($"Content-Length: {Encoding.UTF8.GetByteCount(body)}");
        var problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("instance").GetString().ShouldStartWith("/");
        problem.GetProperty("trace_id").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        var code = problem.GetProperty("code").GetString()!;
        problem.GetProperty("type").GetString().ShouldBe($"/problems/{code}");
        return code;
    }
}
