using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>Requests of all kinds of wrongness, made from the OpenAPI document: each gets an answer that the document describes, and never a 5xx.</summary>
public sealed class FuzzTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    private const int Requests = 6_000;

    // MARKETDATA_FUZZ_SEED makes other requests.
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("MARKETDATA_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20_241_124;

    [Fact]
    public async Task No_request_gets_an_answer_that_is_not_documented()
    {
        TestContext.Current.SendDiagnosticMessage("Fuzzing with seed {0}", Seed);
        var document = await ApiDescription.FetchAsync(api.Client);
        var objections = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, Requests, parallel, async (number, cancellation) =>
        {
            var random = new Random(Seed + number);
            var operation = document.Operations[number % document.Operations.Count];
            using var request = new RequestFuzzer(random).Make(operation);
            request.RequestUri = api.Absolute(request.RequestUri!);
            using var answer = await api.Any(random).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
            var body = answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? null : await ReadAsync(answer.Content, cancellation);
            var objection = (int)answer.StatusCode >= 500
                ? $"status {(int)answer.StatusCode}: {body}"
                : operation.Objection(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, body);
            if (objection is not null)
                objections.Enqueue($"{Seed} + {number}: {operation.Method} {request.RequestUri!.PathAndQuery}: {objection}");
        });

        objections.Take(20).ShouldBeEmpty($"seed {Seed}: {objections.Count} answers are not as documented");
        // Else it would prove little: that the wrong is refused, the right is done, and neither takes all the requests.
        string.Join(' ', statuses.Keys.Order()).ShouldContain("200");
        statuses[400].ShouldBeInRange(Requests / 10, Requests * 9 / 10);
        statuses.Keys.ShouldBeSubsetOf([200, 201, 202, 304, 400, 401, 403, 404, 406, 409, 413, 415, 422]);
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var body = await content.ReadAsStreamAsync(cancellation);
        await using var plain = content.Headers.ContentEncoding.FirstOrDefault() switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync(cancellation);
    }
}
