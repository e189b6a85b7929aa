using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MarketData.Api.Tests;

/// <summary>Reads answers, and says what came instead when they are not what was expected.</summary>
internal static class HttpAnswers
{
    /// <summary>The body of an answer that must have this status.</summary>
    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> call, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await call;
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The problem that an answer must be, checked for all that every problem carries.</summary>
    public static async Task<JsonElement> ProblemAsync(this Task<HttpResponseMessage> call, HttpStatusCode expected, string? field = null)
    {
        using var answer = await call;
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(expected, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe((int)expected);
        problem.GetProperty("type").GetString().ShouldBe($"/problems/{problem.GetProperty("code").GetString()}");
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        Uri.UnescapeDataString(problem.GetProperty("instance").GetString()!).ShouldBe(Uri.UnescapeDataString(answer.RequestMessage!.RequestUri!.AbsolutePath));
        problem.GetProperty("trace_id").GetString().ShouldNotBeNullOrEmpty();
        if (field is not null)
            problem.GetProperty("errors").GetProperty(field)[0].GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }

    /// <summary>An error's status and the fields that it names.</summary>
    public static async Task<(HttpStatusCode Status, string[] Fields)> ProblemOfAsync(this Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        return (answer.StatusCode, problem.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name)] : []);
    }

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, object? body = null) =>
        client.PostAsync(path, body is null ? null : JsonContent.Create(body), TestContext.Current.CancellationToken);

    public static Task<HttpResponseMessage> PutAsync(this HttpClient client, string path, object body) =>
        client.PutAsync(path, JsonContent.Create(body), TestContext.Current.CancellationToken);

    public static Task<HttpResponseMessage> FetchAsync(this HttpClient client, string path) =>
        client.GetAsync(path, TestContext.Current.CancellationToken);

    public static Task<HttpResponseMessage> RemoveAsync(this HttpClient client, string path) =>
        client.DeleteAsync(path, TestContext.Current.CancellationToken);

    public static string?[] Texts(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString())];
}
