using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketData.Testing;
using MarketData.Testing.Releases;

namespace MarketData.Chaos.Tests;

/// <summary>
/// Services of a former release and of this build on one database, as while a rolling update goes on: the schema moves under a node that works,
/// both enrich the same run, and both are killed and stopped.
/// </summary>
public sealed partial class RollingUpdateTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(3);
    private static readonly HttpClient Http = new();

    // What a service says that meets a schema or a document it does not know: PostgreSQL's codes for what is not there or not allowed, and .NET's words.
    [GeneratedRegex(
        @"\b(42703|42P01|42883|42P10|2350\d|2200\d)\b|JsonException|FormatException|InvalidCastException|^\d\d:\d\d:\d\d\.\d{3} crit: ",
        RegexOptions.Multiline)]
    private static partial Regex Misunderstanding { get; }

    [GeneratedRegex("""href="(?<page>[a-z][a-z0-9/-]*)["?]""")]
    private static partial Regex PageLink { get; }

    // What a page says that could not be filled.
    [GeneratedRegex(
        "This page can(\\S+)t show what the API says|an answer that can(\\S+)t be read|The API can(\\S+)t be reached|"
        + "There is nothing at this address[^<]*|The API answered \\d+[^<]*")]
    private static partial Regex Complaint { get; }

    public static TheoryData<string> Releases => [.. FormerRelease.Older.Select(release => release.Schema)];

    [Theory(Explicit = true)]
    [MemberData(nameof(Releases))]
    public async Task Services_of_a_release_and_of_this_build_share_a_night_on_one_database(string schema)
    {
        var release = FormerRelease.Of(schema);
        if (await release.WhyUnavailableAsync(Cancellation) is { } reason)
            Assert.Skip(reason);
        var former = await release.BuildAsync(["MarketData.Api", "MarketData.Enrichment", "MarketData.Web"], Cancellation);
        var chance = ChaosSettings.Chance("rolling update");
        Row.Did($"from {schema}");
        await using var database = await CreateEmptyDatabaseAsync();
        (await MigrateAsync(Path.Combine(former, "MarketData.Api"), database.ConnectionString)).ShouldContain($"The schema is {schema} now");
        await using var world = await ChaosWorld.CreateAsync(database.ConnectionString);
        // So that the run is under way for as long as the update.
        await world.FaultAsync(new { kind = "latency", rate = 1.0, delay_seconds = 0.3 });
        var formerNode = new Node(() => world.StartNodeOfAsync(Path.Combine(former, "MarketData.Enrichment")));
        var node = new Node(() => world.StartNodeAsync());
        await formerNode.StartAsync();
        await using var formerApi = await StartApiAsync(Path.Combine(former, "MarketData.Api"), database);
        var run = (await PostAsync(formerApi, "api/v1/enrichment/trigger", new { from = ChaosWorld.From, to = ChaosWorld.To })).GetProperty("job_id").GetGuid();

        // The new ones are there first, and wait for their schema.
        var (startingNode, startingApi) = (node.StartAsync(), StartApiAsync("MarketData.Api", database));
        await WorkedUntilAsync(world, chance, 0, ChaosSettings.Kills + 1);
        startingNode.IsCompleted.ShouldBeFalse("A node must not work on a schema that it does not know.");
        await PostAsync(formerApi, "api/v1/enrichment/pause");
        (await MigrateAsync("MarketData.Api", database.ConnectionString)).ShouldContain("Applied migration");
        await startingNode;
        await using var api = await startingApi;
        var told = Task.WhenAll(ToldOfEndAsync(formerApi, run), ToldOfEndAsync(api, run));
        await PostAsync(api, "api/v1/enrichment/resume");
        for (var kill = 0; kill < ChaosSettings.Kills; kill++)
        {
            await WorkedUntilAsync(world, chance, kill, ChaosSettings.Kills);
            await (chance.Next(2) == 0 ? formerNode : node).ReplaceAsync(byForce: chance.Next(2) == 0);
        }

        Row.Did($"{ChaosSettings.Kills} nodes of either killed or stopped; {await AskAllAsync(release, run, formerApi, api)} addresses asked of both APIs");
        await OpenDashboardsAsync(database, former, formerApi, api);
        // A node of before 0113 keeps no log of its jobs, and an Api of before 0112 none of what was asked.
        await ShouldBeRightAsync(world, run, logsAreWhole: false, except: "runs");
        await told.WaitAsync(WaitLimit, Cancellation);
        await OrdinaryNightsAsync(world, formerApi, api);
        var (byFormer, byPresent) = (await formerNode.AttemptsAsync(world), await node.AttemptsAsync(world));
        Row.Did($"{byFormer} attempts by old nodes, {byPresent} by new");
        byFormer.ShouldBePositive();
        byPresent.ShouldBePositive();
        ShouldHaveUnderstood([.. world.NodesLines, .. formerApi.Lines, .. api.Lines]);
    }

    // Whoever asks, and whoever works: all of it succeeds.
    private static async Task OrdinaryNightsAsync(ChaosWorld world, params ServiceProcess[] apis)
    {
        foreach (var api in apis)
            await world.EndedAsync((await PostAsync(api, "api/v1/enrichment/trigger")).GetProperty("job_id").GetGuid());

        (await world.ScalarAsync<string>("SELECT string_agg(concat_ws(' ', symbol, status, error_message), E'\n') FROM enrichment_jobs WHERE status <> 'succeeded'"))
            .ShouldBeNull(world.NodesLastWords());
    }

    private static void ShouldHaveUnderstood(IEnumerable<string> lines) => lines.Where(line => Misunderstanding.IsMatch(line)).ShouldBeEmpty();

    // Everything that clients of the release may ask: either Api answers it, whoever wrote what it reads.
    private static async Task<int> AskAllAsync(FormerRelease release, Guid run, params ServiceProcess[] apis)
    {
        using var document = JsonDocument.Parse(await release.ReadAsync("MarketData.Api/openapi.json", Cancellation));
        var addresses = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _))
            .Select(path => path.Name.TrimStart('/')
                .Replace("{symbol}", "SIM0001", StringComparison.Ordinal).Replace("{job_id}", run.ToString(), StringComparison.Ordinal)
                .Replace("{id}", "1", StringComparison.Ordinal).Replace("{exchange}", "XNYS", StringComparison.Ordinal))
            .Where(path => !path.Contains('{', StringComparison.Ordinal))
            .ToList();
        foreach (var (api, address) in from api in apis from address in addresses select (api, address))
        {
            using var answer = await SendAsync(HttpMethod.Get, api, address);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError)
                Assert.Fail($"{api.Address}{address}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}\n{api.LastWords}");
        }

        return addresses.Count;
    }

    // An old one on the new Api works as it did. A new one on the old Api may lack what that does not have, and says so.
    private async Task OpenDashboardsAsync(TestDatabase database, string former, ServiceProcess formerApi, ServiceProcess api)
    {
        await using var formerWeb = await StartWebAsync(Path.Combine(former, "MarketData.Web"), api, database);
        var (pages, lacking) = await OpenPagesAsync(formerWeb);
        lacking.ShouldBeEmpty();
        await using var web = await StartWebAsync("MarketData.Web", formerApi, database);
        var (newPages, lackingOfNew) = await OpenPagesAsync(web);
        ShouldHaveUnderstood(formerWeb.Lines);
        Row.Did($"{pages} pages of the old dashboard, {newPages} of the new on the old API, of which {lackingOfNew.Count} lack something");
        foreach (var page in lackingOfNew)
            TestContext.Current.TestOutputHelper?.WriteLine(page);
    }

    private static async Task<(int Pages, IReadOnlyList<string> Lacking)> OpenPagesAsync(ServiceProcess web)
    {
        var lacking = new List<string>();
        var home = await PageAsync("");
        var pages = PageLink.Matches(home).Select(link => link.Groups["page"].Value).Append("symbols/SIM0001").Distinct().ToList();
        pages.Count.ShouldBeGreaterThan(4);
        foreach (var page in pages)
            await PageAsync(page);
        return (pages.Count + 1, lacking);

        async Task<string> PageAsync(string page)
        {
            using var answer = await SendAsync(HttpMethod.Get, web, "dashboard/" + page);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, page);
            if (Complaint.Match(text) is { Success: true } complaint)
                lacking.Add($"{page}: {complaint.Value}");
            return text;
        }
    }

    // The stream of either Api tells what nodes of both did.
    private static async Task ToldOfEndAsync(ServiceProcess api, Guid run)
    {
        using var answer = await SendAsync(HttpMethod.Get, api, "api/v1/enrichment/events?kinds=run");
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        while (await events.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.Contains(run.ToString(), StringComparison.Ordinal) && line.Contains("\"completed\"", StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException("The stream of events ended before the run.");
    }

    private static Task<ServiceProcess> StartApiAsync(string project, TestDatabase database) => ServiceProcess.StartAsync(
        project, "health",
        [
            new("ConnectionStrings:marketdata", database.ConnectionString), new("DOTNET_ENVIRONMENT", "Development"), new("Database:MigrateAtStart", "false"),
        ],
        Cancellation);

    private static Task<ServiceProcess> StartWebAsync(string project, ServiceProcess api, TestDatabase database) => ServiceProcess.StartAsync(
        project, "alive",
        [new("ConnectionStrings:marketdata", database.ConnectionString), new("services:api:http:0", api.Address.GetLeftPart(UriPartial.Authority))],
        Cancellation);

    private static async Task<string> MigrateAsync(string project, string connectionString)
    {
        var migration = AppHostProcess.Start(
            "dotnet", [AppHostProcess.Program(project), "migrate"],
            new Dictionary<string, string?> { ["ConnectionStrings__marketdata"] = connectionString, ["DOTNET_ENVIRONMENT"] = "Production" });
        await using (migration)
        {
            await migration.EndedAsync(Cancellation, WaitLimit);
            migration.ExitCode.ShouldBe(0, migration.Output);
            return migration.Output;
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMethod method, ServiceProcess service, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(service.Address, path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private static async Task<JsonElement> PostAsync(ServiceProcess api, string path, object? body = null)
    {
        using var answer = await SendAsync(HttpMethod.Post, api, path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>A node of one of both builds, and those that were killed before it.</summary>
    private sealed class Node(Func<Task<ServiceProcess>> start)
    {
        private readonly List<ServiceProcess> _started = [];

        public async Task StartAsync() => _started.Add(await start());

        // As a machine takes one away that fails, or as a rollout does.
        public async Task ReplaceAsync(bool byForce)
        {
            if (byForce)
                await _started[^1].KillAsync();
            else
                _started[^1].Signal("TERM");
            await Eventually.BecomesAsync(() => _started[^1].HasEnded, WaitLimit, Cancellation);
            await StartAsync();
        }

        public async Task<int> AttemptsAsync(ChaosWorld world) => await world.ScalarAsync<int>(
            "SELECT count(*) FROM enrichment_job_attempts JOIN enrichment_nodes USING (node_id) WHERE process_id = ANY (@ids)",
            new { ids = _started.Select(node => node.Id).ToArray() });
    }
}
