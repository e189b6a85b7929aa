using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>Makes requests for an operation out of its description: some as it should be, most with something in them that is not.</summary>
/// <param name="random">Decides; the same seed makes the same requests.</param>
internal sealed class RequestFuzzer(Random random)
{
    private static readonly string[] Nasty =
    [
        "", " ", "null", "undefined", "NaN", "Infinity", "-Infinity", "true", "TRUE ", "0", "-0", "-1", "1", "1.5", "1e3", "1e309", "0x10", "+7", "1_000", "１２",
        "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999", "1.7976931348623157e308", "5e-324",
        "[]", "{}", "[1]", "\"", "'", "\\", "%", "_", "*", "$1", "@symbol", "{0}", "{{7*7}}", "${jndi:ldap://x}", "a,b", "a;b", "a&b=c", "a#b", "a?b", "a+b",
        "' OR 1=1 --", "'; DROP TABLE symbols; --", "\" OR \"\"=\"", "1) UNION SELECT key_hash FROM api_keys --", "pg_sleep(10)", "'||pg_sleep(10)||'",
        "../../etc/passwd", "..\\..\\windows", "..%2f..%2fetc", "%2e%2e", "%00", "/", "//", "file:///etc/passwd", "C:\\", "AAPL/../../admin",
        "\u0001", "a\tb", "a\r\nX-Injected: 1", "\u007f", "\u0085", "\u200b", "\u202e", "\ufeff", "\ufffd", "é", "ß", "İ", "ﬀ", "😀", "👨‍👩‍👧‍👦", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "ＡＡＰＬ", "АAPL",
        "<script>alert(1)</script>", "AAAAAAAAAAAAAAAAAAAAA", "0001-01-01", "9999-12-31T23:59:59.9999999Z", "2024-02-30", "2024-13-01", "2024-01-02T25:00:00Z",
        "2024-01-02T00:00:00+99:00", "2024-01-02T00:00:00-14:00", "1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59.9999999-14:00", "-2024-01-01", "24:00", "1700000000",
        "00000000-0000-0000-0000-000000000000", "{0198a7a0-0000-7000-8000-000000000000}", "0198a7a0000070008000000000000000", "a0", "b9999999999999999999", "a-1", "b7000000000000000",
        "MTIz", "////", "AAAA====", "1h", "90d", "0d", "99999999999h", "json", "xlsx", "*/*", "text/html;q=2", "W/\"x\"", "\"unterminated", "1:1:1", "5:3:4,4",
    ];

    private static readonly string[] Good =
    [
        "AAPL", "aapl", "BTC-USD", "BRK.B", "^GSPC", "EURUSD=X", "1d", "1h", "stock", "crypto", "2024-01-02", "2024-01-02T00:00:00Z", "2023-12-25T00:00:00+01:00", "10", "100", "0.5",
        "true", "false", "24h", "7d", "healthy", "failed", "csv", "parquet", "arrow", "ndjson",
    ];

    private static readonly string[] Bodies =
    [
        "", " ", "null", "[]", "\"text\"", "123", "true", "{", "}", "{\"a\":", "{\"symbol\":\"A\",\"symbol\":\"B\"}", "{'symbol':'A'}", "{\"symbol\":NaN}", "{\"symbols\":{\"a\":1}}",
        "{\"__proto__\":{\"admin\":true}}", "{\"name\":\"\\ud800\",\"scopes\":[\"read\"]}", "{\"name\":\"\\u0000\",\"scopes\":[\"read\"]}", "{} {}", "// comment\n{}", "{\"from\":1e400}", "\ufeff{}",
        "<symbol>AAPL</symbol>", "symbol=AAPL",
    ];

    private static readonly string[] MediaTypes =
        ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=none", "application/problem+json", "image/png"];

    /// <summary>A request for the operation.</summary>
    public HttpRequestMessage Make(ApiOperation operation)
    {
        var request = new HttpRequestMessage(new HttpMethod(operation.Method), Address(operation));
        foreach (var parameter in operation.Parameters.Where(parameter => (string)parameter["in"]! == "header" && random.Next(3) > 0))
            request.Headers.TryAddWithoutValidation((string)parameter["name"]!, Ascii(Value(parameter["schema"]!, (string)parameter["name"]!)));
        if (random.Next(4) == 0)
            request.Headers.TryAddWithoutValidation("Accept", Ascii(Any()));
        if (random.Next(8) == 0)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", random.Next(2) == 0 ? "gzip, br" : Ascii(Any()));
        if (operation.Body is not null || random.Next(20) == 0)
            request.Content = Content(operation);
        return request;
    }

    private Uri Address(ApiOperation operation)
    {
        var path = operation.Path;
        foreach (var parameter in operation.Parameters.Where(parameter => (string)parameter["in"]! == "path"))
        {
            var text = Value(parameter["schema"]!, (string)parameter["name"]!);
            // An empty segment is another path, and NUL in a path is refused by the server before the API sees it.
            if (text.Length == 0)
                text = " ";
            path = path.Replace($"{{{(string)parameter["name"]!}}}", Uri.EscapeDataString(text.Replace("\0", "", StringComparison.Ordinal)).Replace("%00", "%01", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        var query = Query(operation);
        return new Uri("http://api" + path + (query.Length == 0 ? "" : "?" + query), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private string Query(ApiOperation operation)
    {
        var pairs = new List<string>();
        foreach (var parameter in operation.Parameters.Where(parameter => (string)parameter["in"]! == "query" && random.Next(5) < 2))
        {
            var name = (string)parameter["name"]!;
            for (var i = random.Next(12) == 0 ? 2 : 1; i > 0; i--)
                pairs.Add($"{(random.Next(20) == 0 ? name.ToUpperInvariant() : name)}={Uri.EscapeDataString(Value(parameter["schema"]!, name))}");
        }

        if (random.Next(12) == 0)
            pairs.Add(Pick(["colour=red", "__proto__=1", "symbol[]=A", "=", "&&&", "%zz=%zz", "x=%ff%fe", "%F0%9F%98%80=1", "limit", "a=b=c", ";", "%00=1"]));
        return string.Join('&', pairs);
    }

    private ByteArrayContent Content(ApiOperation operation)
    {
        byte[] bytes = random.Next(12) switch
        {
            0 => Encoding.UTF8.GetBytes(Pick(Bodies)),
            1 => [0xff, 0xfe, 0x00, (byte)'{'],
            2 => Encoding.UTF8.GetBytes(new string('[', 2_000)),
            _ => Encoding.UTF8.GetBytes(operation.Body is { } body ? Body(operation, body).ToJsonString() : "{}"),
        };
        var content = new ByteArrayContent(bytes);
        if (random.Next(8) > 0)
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        else
            content.Headers.TryAddWithoutValidation("Content-Type", Pick(MediaTypes));
        return content;
    }

    private JsonObject Body(ApiOperation operation, JsonObject schema)
    {
        var body = new JsonObject();
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
        {
            if (random.Next(5) > 0)
                body[name] = Field(operation, field!, name);
        }

        if (random.Next(12) == 0)
            body[Pick(["colour", "__proto__", "", "Symbol", "😀"])] = Any();
        return body;
    }

    private JsonNode? Field(ApiOperation operation, JsonNode schema, string name)
    {
        switch (random.Next(10))
        {
            case 0:
                return null;
            case 1:
                return JsonNode.Parse(Pick(["1e308", "-1", "99999999999999999999", "1.5", "true", "[]", "{}", "[null]", "[[1]]", "{\"a\":{}}", "\"\\u0000\"", "0"]));
            default:
                var resolved = operation.Resolve(schema);
                if (resolved["items"] is { } items)
                    return new JsonArray([.. Enumerable.Range(0, random.Next(random.Next(10) == 0 ? 300 : 4)).Select(_ => Field(operation, items, name))]);
                if (Types(resolved).Contains("integer"))
                    return random.Next(2) == 0 ? random.Next(-10, 10_000) : long.MaxValue;
                if (Types(resolved).Contains("boolean"))
                    return random.Next(2) == 0;
                return Value(resolved, name);
        }
    }

    private string Value(JsonNode schema, string name)
    {
        if (schema["items"] is { } items)
            schema = items;
        if (random.Next(100) >= 45)
            return Any();
        if (schema["enum"] is JsonArray words && random.Next(6) > 0)
            return (string)words[random.Next(words.Count)]!;
        if (schema["examples"] is JsonArray examples && random.Next(3) > 0)
            return (string)examples[random.Next(examples.Count)]!;
        if (Types(schema).Contains("integer"))
            return random.Next(random.Next(2) == 0 ? 20 : 20_000).ToString(CultureInfo.InvariantCulture);
        return name == "name" ? "a name" : name == "scopes" ? Pick(["read", "enrich", "admin"]) : Pick(Good);
    }

    private string Any() => random.Next(30) switch
    {
        0 => new string('A', random.Next(3_000)),
        1 => new string((char)random.Next(' ', 0x3000), random.Next(1, 40)),
        2 => string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => new Rune(random.Next(1, 0xD800)).ToString())),
        3 => Pick(Good) + Pick(Nasty),
        4 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => Pick(Nasty),
    };

    private static IEnumerable<string> Types(JsonNode schema) => schema["type"] switch
    {
        JsonArray types => types.Select(type => (string)type!),
        JsonValue type => [(string)type!],
        _ => [],
    };

    // What a client library sends in a header.
    private static string Ascii(string text) => string.Concat(text.Where(c => c is >= ' ' and <= '~')) is { Length: > 0 } ascii ? ascii[..Math.Min(ascii.Length, 1_000)] : "x";

    private string Pick(string[] texts) => texts[random.Next(texts.Length)];
}
