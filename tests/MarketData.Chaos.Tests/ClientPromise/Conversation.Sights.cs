using System.Text.Json.Nodes;

namespace MarketData.Chaos.Tests.ClientPromise;

/// <summary>What has to be true of everything that can be read, whenever it is read.</summary>
internal sealed partial class Conversation
{
    private readonly Dictionary<string, (string Text, string Tag)> _candles = [];

    private Task LookAsync(Sight what, int which) => what switch
    {
        Sight.Run when RunAt(which) is { } run => ReadRunAsync(run),
        Sight.Run => RefusedAsync($"enrichment/runs/{Guid.NewGuid()}", "run_not_found"),
        Sight.Backfill when BackfillAt(which) is { } backfill => ReadBackfillAsync(backfill),
        Sight.Backfill => RefusedAsync($"enrichment/backfills/{Guid.NewGuid()}", "backfill_not_found"),
        Sight.History => ReadHistoryAsync(),
        Sight.Symbols => ReadSymbolsAsync(),
        Sight.Watchlists => ReadWatchlistsAsync(),
        Sight.Status => ReadStatusAsync(ClientModel.Names[which % ClientModel.Names.Count]),
        Sight.Candles => ReadCandlesAsync(ClientModel.Names[which % 3]),
        Sight.Jobs => ReadJobsAsync(ClientModel.Names[which % ClientModel.Names.Count]),
        _ => ReadSchedulerAsync(),
    };

    /// <summary>Ends the conversation: everything may go on, and everything that was accepted has to end as it must.</summary>
    public async Task EndAsync()
    {
        foreach (var provider in ClientModel.Providers)
            await SetIsolatedAsync(provider, false);
        await ResumeAsync();
        await DrainAsync();
        foreach (var run in _model.Runs)
            await ReadRunAsync(run);
        foreach (var job in _model.Jobs)
        {
            job.Knowledge.ShouldBe(Knowledge.Ended, $"{job} did not end");
            var usual = ClientModel.IsKnown(job.Symbol) ? "succeeded" : "failed";
            (job.End == usual || (job.End == "cancelled" && job.MayBeCancelled)).ShouldBeTrue($"{job} is {job.End}: {job.Epitaph}");
        }

        foreach (var backfill in _model.Runs.Select(run => run.Backfill).OfType<Guid>().Distinct())
            await ReadBackfillAsync(backfill);
        await ReadHistoryAsync();
        await ReadSymbolsAsync();
        await ReadWatchlistsAsync();
        (await world.AuditedAsync()).ShouldBeInRange(world.Changes - world.Lost, world.Changes);
    }

    /// <summary>Makes all data whole: whatever was done before, the same data must be there afterwards.</summary>
    public async Task<StoredData> MakeWholeAsync()
    {
        foreach (var name in ClientModel.Names.SkipLast(1))
        {
            if (!_model.Symbols.ContainsKey(name))
                await AddAsync(name, false);
            if (!_model.Symbols.ContainsKey(name))
                continue;
            await SetTimeframesAsync(name, ["1d", "1w"]);
            await SetActiveAsync(name, true, byDelete: false);
        }

        await AskAsync(new Ask(0, 0, 1, false, 0, Way.Plain, true));
        await DrainAsync();
        await AskAsync(new Ask(0, 0, 0, false, 0, Way.Plain, false));
        await DrainAsync();
        await ReadOpenRunsAsync();
        // One that no provider knows can't be added again once it was purged.
        return (await StoredData.ReadAsync(world.Chaos.Database, TestContext.Current.CancellationToken)).WithoutWork
            .Without([.. ClientModel.Names.Where(name => !ClientModel.IsKnown(name))]);
    }

    /// <summary>Takes every symbol that has data away with them, and tracks it anew.</summary>
    public async Task BeginAnewAsync()
    {
        foreach (var name in ClientModel.Names.SkipLast(1).Where(ClientModel.IsKnown))
        {
            await PurgeAsync(name);
            await AddAsync(name, false);
        }
    }

    private async Task DrainAsync()
    {
        await world.NodeAsync();
        await world.BecomesAsync(async () => await CountJobsAsync("open") == 0, "Something that was accepted does not end.");
    }

    private async Task<long> CountJobsAsync(string status)
    {
        var answer = await world.SendAsync(HttpMethod.Get, $"enrichment/jobs?status={status}&limit=1");
        answer.Status.ShouldBe(200, answer.ToString());
        return answer.Body["total"]!.GetValue<long>();
    }

    private async Task ReadOpenRunsAsync()
    {
        foreach (var run in _model.Runs.Where(run => run.Jobs.Exists(job => job.End is null)).ToList())
            await ReadRunAsync(run);
    }

    private async Task ReadRunAsync(ModelRun run)
    {
        var answer = await SendAsync(HttpMethod.Get, $"enrichment/runs/{run.Id}");
        answer.Status.ShouldBe(200);
        var body = answer.Body.AsObject();
        CheckTotals(body);
        List<JsonNode> jobs = [.. body["symbols"]!.AsArray().Select(job => job!)];
        jobs.Select(job => job["symbol"]!.GetValue<string>()).Order(StringComparer.Ordinal)
            .ShouldBe(run.Jobs.Select(job => job.Symbol).Order(StringComparer.Ordinal));
        foreach (var (job, seen) in jobs.Select(seen => (run.Jobs.Single(job => job.Symbol == seen["symbol"]!.GetValue<string>()), seen)))
        {
            job.Id = seen["id"]!.GetValue<long>();
            job.IsSeen(seen["status"]!.GetValue<string>(), _model.IsQuiet);
            if (job.End is not null)
                job.Epitaph = Unchanged(job.Epitaph, seen, $"{job} had ended");
        }

        var counted = jobs.CountBy(job => job["status"]!.GetValue<string>()).ToDictionary();
        (Count(body, "symbols_successful"), Count(body, "symbols_failed"), Count(body, "symbols_cancelled")).ShouldBe(
            (counted.GetValueOrDefault("succeeded"), counted.GetValueOrDefault("failed"), counted.GetValueOrDefault("cancelled")), answer.ToString());
        foreach (var records in (string[])["records_fetched", "records_inserted", "records_updated"])
            Count(body, records).ShouldBe(jobs.Where(job => job["completed_at"] is not null).Sum(job => Count(job, records)), answer.ToString());
        body.Remove("symbols");
        body.Remove("progress");
        body.Remove("stuck");
        if (body["completed_at"] is not null)
            run.Epitaph = Unchanged(run.Epitaph, body, $"run {run.Id} had ended");
    }

    private static void CheckTotals(JsonNode run)
    {
        var (total, good, bad, cancelled) =
            (Count(run, "symbols_total"), Count(run, "symbols_successful"), Count(run, "symbols_failed"), Count(run, "symbols_cancelled"));
        (good + bad + cancelled).ShouldBeLessThanOrEqualTo(total);
        (run["completed_at"] is not null).ShouldBe(good + bad + cancelled == total, run.ToJsonString());
        var status = run["status"]!.GetValue<string>();
        if (run["completed_at"] is null)
            status.ShouldBeOneOf("queued", "running");
        else
            status.ShouldBe(cancelled > 0 ? "cancelled" : bad == 0 ? "completed" : good == 0 ? "failed" : "partial", run.ToJsonString());
    }

    private async Task ReadBackfillAsync(Guid backfill)
    {
        var answer = await SendAsync(HttpMethod.Get, $"enrichment/backfills/{backfill}");
        answer.Status.ShouldBe(200);
        var body = answer.Body;
        var (total, done, failed, cancelled) =
            (Count(body, "series_total"), Count(body, "series_completed"), Count(body, "series_failed"), Count(body, "series_cancelled"));
        (done + failed + cancelled).ShouldBeLessThanOrEqualTo(total);
        body["intervals"]!.AsArray().Sum(one => Count(one!, "series_total")).ShouldBe(total);
        body["intervals"]!.AsArray().Sum(one => Count(one!, "series_completed")).ShouldBe(done);
        body["intervals"]!.AsArray().Sum(one => Count(one!, "series_failed")).ShouldBe(failed);
        body["progress"]!.GetValue<double>().ShouldBeInRange(0, 1);
        var status = body["status"]!.GetValue<string>();
        if (done + failed + cancelled < total)
            status.ShouldBeOneOf("queued", "running");
        else
            status.ShouldBe(done == total ? "completed" : done > 0 ? "partial" : failed > 0 ? "failed" : "cancelled", answer.ToString());
        var runs = _model.Runs.Where(run => run.Backfill == backfill).ToList();
        body["runs"]!.AsArray().Select(run => Id(run!["job_id"])).ShouldBe(runs.Select(run => run.Id), ignoreOrder: true);
        Count(body, "symbols_total").ShouldBe(runs.SelectMany(run => run.Jobs).Select(job => job.Symbol).Distinct().Count());
        if (_model.IsQuiet)
            (body["completed_at"] is null).ShouldBe(runs.Exists(run => run.Jobs.Exists(job => job.MayBeOpen)), answer.ToString());
    }

    // Append-only: what was there is there, and what had ended is as it was.
    private async Task ReadHistoryAsync()
    {
        var (items, cursor) = (new List<JsonNode>(), "");
        do
        {
            var answer = await SendAsync(HttpMethod.Get, $"enrichment/history?limit=7{cursor}");
            answer.Status.ShouldBe(200);
            answer.Body["total"]!.GetValue<int>().ShouldBe(_model.Runs.Count);
            items.AddRange(answer.Body["items"]!.AsArray().Select(item => item!));
            cursor = answer.Body["next_cursor"] is { } next ? $"&cursor={Uri.EscapeDataString(next.GetValue<string>())}" : "";
        }
        while (cursor.Length > 0);
        // Of two that were asked for at once either may be the newer one.
        items.Select(item => Id(item["job_id"])).ShouldBe(_model.Runs.Select(run => run.Id), ignoreOrder: true);
        items.Select(item => item["created_at"]!.GetValue<DateTime>()).ShouldBeInOrder(SortDirection.Descending);
        foreach (var item in items)
        {
            CheckTotals(item);
            var run = _model.Runs.Single(run => run.Id == Id(item["job_id"]));
            if (item["completed_at"] is not null)
                run.Epitaph = Unchanged(run.Epitaph, item, $"run {run.Id} had ended");
        }
    }

    private async Task ReadSymbolsAsync()
    {
        var answer = await SendAsync(HttpMethod.Get, "admin/symbols");
        answer.Body["symbols"]!.AsArray().Select(symbol => $"{symbol!["symbol"]} {Tracked(symbol)}")
            .ShouldBe(_model.Symbols.OrderBy(symbol => symbol.Key, StringComparer.Ordinal).Select(symbol => $"{symbol.Key} {Tracked(symbol.Value)}"));
    }

    private async Task ReadWatchlistsAsync()
    {
        var answer = await SendAsync(HttpMethod.Get, "watchlists");
        answer.Body["items"]!.AsArray().Select(list => $"{list!["name"]}: {string.Join(' ', Strings(list["symbols"]))}").ShouldBe(
            _model.Watchlists.Select(list => $"{list.Key.ToLowerInvariant()}: {string.Join(' ', list.Value)}").Order(StringComparer.Ordinal));
    }

    private async Task ReadStatusAsync(string name)
    {
        var answer = await SendAsync(HttpMethod.Get, $"enrichment/dashboard/job-status/{name}");
        if (!_model.Symbols.ContainsKey(name))
        {
            ShouldRefuse(answer, 404, "symbol_not_tracked");
            return;
        }

        answer.Status.ShouldBe(200);
        var status = answer.Body["status"]!.GetValue<string>();
        if (_model.IsQuiet)
            (status is "queued" or "retrying").ShouldBe(_model.Jobs.Any(job => job.Symbol == name && job.MayBeOpen), answer.ToString());
    }

    // The same tag means the same bytes, and "not modified" that they are still the same.
    private async Task ReadCandlesAsync(string name)
    {
        var path = $"historical/{name}?timeframe=1d&limit=100&features=true";
        var known = _candles.TryGetValue(name, out var before);
        var answer = await SendAsync(HttpMethod.Get, path, etag: known ? before.Tag : null);
        if (!_model.Symbols.ContainsKey(name))
        {
            ShouldRefuse(answer, 404, "symbol_not_tracked");
            return;
        }

        if (answer.Status == 304)
        {
            known.ShouldBeTrue();
            var whole = await SendAsync(HttpMethod.Get, path);
            if (whole.ETag == before.Tag || _model.IsQuiet)
                (whole.Text, whole.ETag).ShouldBe((before.Text, before.Tag));
            return;
        }

        answer.Status.ShouldBe(200, answer.ToString());
        if (known)
            answer.ETag.ShouldNotBe(before.Tag);
        _candles[name] = (answer.Text, answer.ETag!);
        if (_model.IsQuiet)
            (await SendAsync(HttpMethod.Get, path, etag: answer.ETag)).Status.ShouldBe(304);
    }

    private async Task ReadJobsAsync(string name)
    {
        var answer = await SendAsync(HttpMethod.Get, $"enrichment/jobs?symbol={name}");
        answer.Status.ShouldBe(200);
        var jobs = _model.Jobs.Where(job => job.Symbol == name).ToList();
        answer.Body["total"]!.GetValue<int>().ShouldBe(jobs.Count);
        foreach (var seen in answer.Body["items"]!.AsArray())
            jobs.Single(job => job.Run.Id == Id(seen!["job_id"])).IsSeen(seen!["status"]!.GetValue<string>(), _model.IsQuiet);
    }

    private async Task ReadSchedulerAsync()
    {
        var answer = await SendAsync(HttpMethod.Get, "enrichment/dashboard/overview");
        answer.Status.ShouldBe(200);
        // Between two nodes there may be none.
        answer.Body["scheduler_status"]!.GetValue<string>().ShouldBeOneOf(_model.IsPaused ? "paused" : "running", "stopped");
        if (_model.IsQuiet)
            answer.Body["queue_depth"]!.GetValue<int>().ShouldBe(_model.Jobs.Count(job => job.MayBeOpen));
    }

    private async Task RefusedAsync(string path, string code) => ShouldRefuse(await SendAsync(HttpMethod.Get, path), 404, code);

    private static string Unchanged(string? before, JsonNode now, string because)
    {
        var text = now.ToJsonString();
        text.ShouldBe(before ?? text, because);
        return text;
    }

    private static int Count(JsonNode node, string field) => (int)node[field]!.GetValue<double>();
}
