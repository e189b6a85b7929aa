using System.Net;
using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Extensions.Hosting;

namespace MarketData.Api.Tests.Errors;

/// <summary>Every code is described: in the docs, and where an error's <c>type</c> leads.</summary>
public sealed partial class ProblemCodesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public void The_docs_describe_every_code_and_no_other()
    {
        var docs = File.ReadAllText(Path.Combine(AppHostProcess.RepositoryRoot(), "docs", "problems.md"));
        var described = Section().Matches(docs).Select(match => match.Groups["code"].Value);
        described.ShouldBe(ProblemCodes.All.Select(code => code.Code));
        foreach (var code in ProblemCodes.All)
            docs.ShouldContain($"### {code.Code}\n\nHTTP {code.Status}. {code.Meaning}\n\n{code.Remedy}\n", customMessage: $"docs/problems.md differs in {code.Code}");
    }

    [Fact]
    public void Codes_are_words_that_are_used_once()
    {
        ProblemCodes.All.Select(code => code.Code).ShouldBeUnique();
        ProblemCodes.All.ShouldAllBe(code => Word().IsMatch(code.Code) && code.Status >= 400 && code.Meaning.EndsWith('.') && code.Remedy.EndsWith('.'));
    }

    [Fact]
    public async Task The_type_of_an_error_leads_to_a_page_that_explains_it()
    {
        var problem = await api.Stranger.FetchAsync("/api/v1/historical/NOBODY").ProblemAsync(HttpStatusCode.NotFound);

        problem.GetProperty("code").GetString().ShouldBe("symbol_not_tracked");
        var page = await api.Stranger.GetStringAsync(problem.GetProperty("type").GetString(), TestContext.Current.CancellationToken);
        page.ShouldContain("<h2 id=\"symbol_not_tracked\">");
        page.ShouldContain("<code>GET /api/v1/symbols</code> lists those that are");
        var all = await api.Stranger.GetStringAsync("/problems", TestContext.Current.CancellationToken);
        foreach (var code in ProblemCodes.All)
            all.ShouldContain($"href=\"{code.Type}\"");
        await api.Stranger.FetchAsync("/problems/no_such_code").ProblemAsync(HttpStatusCode.NotFound);
    }

    [GeneratedRegex("^### (?<code>.+)$", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex Word();
}
