using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace MarketData.Chaos.Tests.ClientPromise;

/// <summary>Does what commands say, and holds each answer against what the model says that it has to be.</summary>
internal sealed partial class Conversation(ClientWorld world)
{
    private readonly ClientModel _model = new();
    private readonly List<string> _said = [];
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    /// <summary>What was asked and answered so far.</summary>
    public string Transcript => string.Join('\n', _said);

    /// <summary>The names of the model are tracked, with days and weeks.</summary>
    public void Begin()
    {
        foreach (var name in ClientModel.Names.SkipLast(1))
            _model.Symbols[name] = new ModelSymbol(ClientModel.ClassOf(name), true, new HashSet<string> { "1d", "1w" });
    }

    /// <summary>Does what a command says.</summary>
    public async Task DoAsync(Command command)
    {
        Say($"{command}{(_model.IsQuiet ? " (quiet)" : "")}");
        _model.Pass();
        await (command switch
        {
            Ask ask => AskAsync(ask),
            Repeat repeat => RepeatAsync(repeat),
            CancelRun cancel => CancelRunAsync(RunAt(cancel.Which)),
            CancelJob cancel => CancelJobAsync(cancel.Which),
            CancelBackfill cancel => CancelBackfillAsync(BackfillAt(cancel.Which)),
            ResumeBackfill resume => ResumeBackfillAsync(BackfillAt(resume.Which)),
            RetryFailed retry => RetryFailedAsync(retry.Which == 0 ? null : RunAt(retry.Which - 1) ?? new ModelRun(Guid.NewGuid(), 0, null)),
            Pause pause => PauseAsync(pause.Settle),
            Resume => ResumeAsync(),
            SetActive change => SetActiveAsync(ClientModel.Names[change.Symbol], change.Active, change.ByDelete),
            SetTimeframes change => SetTimeframesAsync(ClientModel.Names[change.Symbol], ClientModel.Timeframes(change.Timeframes)),
            Purge purge => PurgeAsync(ClientModel.Names[purge.Symbol]),
            AddSymbol add => AddAsync(ClientModel.Names[add.Symbol], add.Start),
            PutWatchlist put => PutWatchlistAsync(put.List, [.. ClientModel.Chosen(put.Symbols)]),
            DeleteWatchlist delete => DeleteWatchlistAsync(delete.List),
            SetIsolated set => SetIsolatedAsync(ClientModel.Providers[set.Provider], set.Isolated),
            AtOnce both => AtOnceAsync(both),
            Look look => LookAsync(look.What, look.Which),
            EndNode end => world.EndNodeAsync(end.IsInGoodOrder),
            _ => throw new InvalidOperationException($"Nobody does {command}."),
        });
    }

    private void Say(string what) => _said.Add(string.Create(CultureInfo.InvariantCulture, $"{_elapsed.Elapsed.TotalSeconds,7:0.00} {what}"));

    private async Task<Answer> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, int key = 0, string? etag = null)
    {
        var answer = await world.SendAsync(method, path, body, KeyName(key), etag);
        Say($"    {method} {path} {body?.ToJsonString()} {KeyName(key)} → {answer}");
        return answer;
    }

    private async Task AskAsync(Ask ask)
    {
        var (method, path, body) = RequestOf(ask);
        if (ask.Key > 0 && ask.Way is Way.RequestLost or Way.AnswerLost)
            await world.SendInVainAsync(method, path, body, KeyName(ask.Key), arrives: ask.Way == Way.AnswerLost);
        if (ask.Key == 0 || ask.Way != Way.Twice)
        {
            Check(ask, await SendAsync(method, path, body, ask.Key));
            return;
        }

        var answers = await Task.WhenAll(SendAsync(method, path, body, ask.Key), SendAsync(method, path, body, ask.Key));
        // A refused request leaves its key free, and who asks later may be accepted; nothing changes meanwhile that would do that.
        Meaning(answers[0]).ShouldBe(Meaning(answers[1]));
        Check(ask, answers[0]);
    }

    private async Task RepeatAsync(Repeat repeat)
    {
        if (_model.Keys.Count == 0)
            return;
        var (key, (ask, _)) = _model.Keys.OrderBy(one => one.Key).ElementAt(repeat.Which % _model.Keys.Count);
        await AskAsync(ask with { Key = key, Way = Way.Plain });
    }

    private void Check(Ask ask, Answer answer)
    {
        if (ask.Range == 0 && ask.IsBackfill)
        {
            ShouldRefuse(answer, 400, "invalid_request");
        }
        else if (_model.Keys.TryGetValue(ask.Key, out var earlier))
        {
            if (earlier.Ask.Meaning() == ask.Meaning())
                Meaning(answer).ShouldBe(earlier.Answer, "the same request with the same key");
            else
                ShouldRefuse(answer, 422, "idempotency_key_used");
        }
        else
        {
            Take(ask, answer);
        }
    }

    private void Take(Ask ask, Answer answer)
    {
        var expected = _model.Predict(ask);
        if (expected.Code is { } code)
        {
            ShouldRefuse(answer, expected.Status, code);
            return;
        }

        answer.Status.ShouldBe(expected.Status, $"{ask}: {answer}");
        TakeTicket(answer, expected.Symbols, ask.Range, null);
        if (ask.Range > 0 && ask.IsBackfill)
            Id(answer.Body["id"]).ShouldBe(_model.Runs.Single(run => run.Id == Id(answer.Body["job_id"])).Backfill!.Value);
        foreach (var name in ask.Track ? expected.Symbols : [])
        {
            var symbol = _model.Symbols[name];
            _model.Symbols[name] = symbol.With(symbol.Timeframes.Concat(ClientModel.Timeframes(ask.Timeframes)));
        }

        if (ask.Key > 0)
            _model.Keys[ask.Key] = (ask, Meaning(answer));
    }

    private void TakeTicket(Answer answer, IReadOnlyList<string>? symbols, int range, Guid? backfill)
    {
        var (queued, joined) = (Strings(answer.Body["symbols_queued"]), Strings(answer.Body["already_running"]));
        if (symbols is not null)
            queued.Concat(joined).Order(StringComparer.Ordinal).ShouldBe(symbols);
        _model.Take(Id(answer.Body["job_id"]), answer.Body["status"]!.GetValue<string>(), queued, joined, range, backfill);
    }

    private async Task CancelRunAsync(ModelRun? run)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"enrichment/runs/{run?.Id ?? Guid.NewGuid()}");
        if (run is null)
            ShouldRefuse(answer, 404, "run_not_found");
        else
            TakeCancelled(answer, run.Jobs);
    }

    private async Task CancelBackfillAsync(Guid? backfill)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"enrichment/backfills/{backfill ?? Guid.NewGuid()}");
        if (backfill is null)
            ShouldRefuse(answer, 404, "backfill_not_found");
        else
            TakeCancelled(answer, [.. _model.Jobs.Where(job => job.Run.Backfill == backfill)]);
    }

    private void TakeCancelled(Answer answer, IReadOnlyCollection<ModelJob> jobs)
    {
        answer.Status.ShouldBe(200);
        var (cancelled, running) = (answer.Body["symbols_cancelled"]!.GetValue<int>(), answer.Body["still_running"]!.GetValue<int>());
        var open = jobs.Count(job => job.MayBeOpen);
        (cancelled + running).ShouldBeLessThanOrEqualTo(open);
        if (_model.IsQuiet)
            (cancelled, running).ShouldBe((open, 0));
        _model.Cancel(jobs);
        // Nothing of it is left in the queue.
        if (running == 0)
        {
            foreach (var job in jobs)
                job.HasEnded();
        }
    }

    private async Task CancelJobAsync(int which)
    {
        var seen = _model.Jobs.Where(job => job.Id is not null).Reverse().ToList();
        var job = seen.Count == 0 ? null : seen[which % seen.Count];
        var answer = await SendAsync(HttpMethod.Delete, $"enrichment/jobs/{job?.Id ?? 999_999_999}");
        if (job is null)
        {
            ShouldRefuse(answer, 404, "job_not_found");
            return;
        }

        answer.Status.ShouldBe(200);
        var status = answer.Body["status"]!.GetValue<string>();
        status.ShouldBeOneOf("cancelled", "running", "succeeded", "failed");
        if (job.Knowledge == Knowledge.Open)
            status.ShouldBe("cancelled");
        job.MayBeCancelled |= job.MayBeOpen;
        job.IsSeen(status, _model.IsQuiet);
    }

    private async Task ResumeBackfillAsync(Guid? backfill)
    {
        var answer = await SendAsync(HttpMethod.Post, $"enrichment/backfills/{backfill ?? Guid.NewGuid()}/resume");
        if (backfill is not { } id)
        {
            ShouldRefuse(answer, 404, "backfill_not_found");
            return;
        }

        var jobs = _model.NewestOf(id).Where(job => _model.Symbols.GetValueOrDefault(job.Symbol) is { Active: true }).ToList();
        CheckAgain(answer, jobs, job => job.End is "failed" or "cancelled", "nothing_to_resume", id);
    }

    private async Task RetryFailedAsync(ModelRun? run)
    {
        var answer = await SendAsync(HttpMethod.Post, $"enrichment/retry-failed{(run is null ? "" : $"?job_id={run.Id}")}");
        if (run is null)
        {
            // Which symbols are in error is the nodes' judgement.
            answer.Status.ShouldBeOneOf(202, 409);
            if (answer.Status == 202)
                TakeTicket(answer, null, 0, null);
        }
        else if (!_model.Runs.Contains(run))
        {
            ShouldRefuse(answer, 404, "run_not_found");
        }
        else
        {
            var jobs = run.Jobs.Where(job => _model.Symbols.GetValueOrDefault(job.Symbol) is { Active: true }).ToList();
            CheckAgain(answer, jobs, job => job.End == "failed", "nothing_failed", run.Backfill);
        }
    }

    // What is known to have ended so is queued again, what may have is perhaps.
    private void CheckAgain(Answer answer, List<ModelJob> jobs, Func<ModelJob, bool> isDoneAgain, string nothing, Guid? backfill)
    {
        var certain = jobs.Where(isDoneAgain).Select(job => job.Symbol).ToList();
        var perhaps = jobs.Where(job => job.End is null && job.Knowledge != Knowledge.Open).Select(job => job.Symbol).ToList();
        if (answer.Status == 409)
        {
            ShouldRefuse(answer, 409, nothing);
            certain.ShouldBeEmpty();
            return;
        }

        answer.Status.ShouldBe(202);
        var again = Strings(answer.Body["symbols_queued"]).Concat(Strings(answer.Body["already_running"])).ToList();
        again.ShouldNotBeEmpty();
        certain.Except(again).ShouldBeEmpty();
        again.Except(certain).Except(perhaps).ShouldBeEmpty();
        foreach (var job in jobs.Where(job => again.Contains(job.Symbol)))
            job.HasEnded();
        TakeTicket(answer, null, jobs[0].Run.Range, backfill);
    }

    private async Task PauseAsync(bool settle)
    {
        var answer = await SendAsync(HttpMethod.Post, "enrichment/pause");
        (answer.Status, (bool)answer.Body["paused"]!).ShouldBe((200, true));
        _model.IsPaused = true;
        if (!settle || _model.IsQuiet)
            return;
        await world.NodeAsync();
        await world.BecomesAsync(async () => await CountJobsAsync("running") == 0, "Jobs are running though the scheduler is paused.");
        _model.IsQuiet = true;
        await ReadOpenRunsAsync();
    }

    private async Task ResumeAsync()
    {
        var answer = await SendAsync(HttpMethod.Post, "enrichment/resume");
        (answer.Status, (bool)answer.Body["paused"]!).ShouldBe((200, false));
        (_model.IsPaused, _model.IsQuiet) = (false, false);
        _model.Pass();
    }

    private async Task SetActiveAsync(string name, bool active, bool byDelete)
    {
        var answer = byDelete
            ? await SendAsync(HttpMethod.Delete, $"admin/symbols/{name}")
            : await SendAsync(HttpMethod.Put, $"admin/symbols/{name}", new JsonObject { ["active"] = active });
        if (!_model.Symbols.TryGetValue(name, out var symbol))
        {
            ShouldRefuse(answer, 404, "symbol_not_tracked");
            return;
        }

        answer.Status.ShouldBe(200);
        if (byDelete)
            answer.Body["status"]!.GetValue<string>().ShouldBe("deactivated");
        else
            Tracked(answer.Body).ShouldBe(Tracked(symbol with { Active = active }));
        _model.Symbols[name] = symbol with { Active = active };
        if (!active)
            _model.Cancel(_model.Jobs.Where(job => job.Symbol == name));
    }

    private async Task SetTimeframesAsync(string name, string[] timeframes)
    {
        var list = new JsonArray([.. timeframes.Select(timeframe => (JsonNode)timeframe)]);
        var answer = await SendAsync(HttpMethod.Put, $"admin/symbols/{name}/timeframes", new JsonObject { ["timeframes"] = list });
        if (!_model.Symbols.TryGetValue(name, out var symbol))
        {
            ShouldRefuse(answer, 404, "symbol_not_tracked");
            return;
        }

        answer.Status.ShouldBe(200);
        _model.Symbols[name] = symbol.With(timeframes);
        Tracked(answer.Body).ShouldBe(Tracked(_model.Symbols[name]));
    }

    private async Task PurgeAsync(string name)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"admin/symbols/{name}?purge=true");
        if (!_model.Symbols.TryGetValue(name, out var symbol))
        {
            ShouldRefuse(answer, 404, "symbol_not_tracked");
            return;
        }

        var jobs = _model.Jobs.Where(job => job.Symbol == name).ToList();
        var isQuiet = _model.IsQuiet || jobs.TrueForAll(job => !job.MayBeOpen);
        _model.Cancel(jobs);
        if (!isQuiet && answer.Status == 409)
        {
            ShouldRefuse(answer, 409, "symbol_busy");
            _model.Symbols[name] = symbol with { Active = false };
            return;
        }

        (answer.Status, answer.Body["status"]?.GetValue<string>()).ShouldBe((200, "purged"));
        _model.Symbols.Remove(name);
        jobs.ForEach(job => job.HasEnded());
    }

    private async Task AddAsync(string name, bool start)
    {
        var request = new JsonObject
        {
            ["symbol"] = name,
            ["asset_class"] = ClientModel.ClassOf(name),
            ["timeframes"] = new JsonArray("1d", "1w"),
            ["start"] = start,
        };
        var answer = await SendAsync(HttpMethod.Post, "admin/symbols", request);
        if (_model.Symbols.ContainsKey(name))
        {
            ShouldRefuse(answer, 409, "symbol_exists");
            return;
        }

        // Whom no provider knows is refused, unless none could be asked.
        if (!ClientModel.IsKnown(name) && answer.Status == 422)
        {
            ShouldRefuse(answer, 422, "symbol_refused");
            return;
        }

        answer.Status.ShouldBe(201, answer.ToString());
        _model.Symbols[name] = new ModelSymbol(ClientModel.ClassOf(name), true, new HashSet<string> { "1d", "1w" });
        Tracked(answer.Body).ShouldBe(Tracked(_model.Symbols[name]));
        (answer.Body["job_id"] is not null).ShouldBe(start);
        if (start)
            _model.Take(Id(answer.Body["job_id"]), "queued", [name], [], 0, null);
    }

    private async Task PutWatchlistAsync(int list, string[] names)
    {
        var symbols = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        var answer = await SendAsync(HttpMethod.Put, $"watchlists/{ClientModel.WatchlistName(list)}", new JsonObject { ["symbols"] = symbols });
        if (!Array.TrueForAll(names, _model.Symbols.ContainsKey))
        {
            ShouldRefuse(answer, 404, "symbol_not_tracked");
            return;
        }

        answer.Status.ShouldBe(200);
        _model.Watchlists[ClientModel.WatchlistName(list)] = [.. names.Order(StringComparer.Ordinal)];
    }

    private async Task DeleteWatchlistAsync(int list)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"watchlists/{ClientModel.WatchlistName(list)}");
        if (_model.Watchlists.Remove(ClientModel.WatchlistName(list)))
            answer.Status.ShouldBe(200);
        else
            ShouldRefuse(answer, 404, "watchlist_not_found");
    }

    private async Task SetIsolatedAsync(string provider, bool isolated)
    {
        var answer = await SendAsync(HttpMethod.Post, $"providers/{provider}/{(isolated ? "isolate" : "restore")}");
        (answer.Status, (bool)answer.Body["isolated"]!).ShouldBe((200, isolated));
        _ = isolated ? _model.Isolated.Add(provider) : _model.Isolated.Remove(provider);
    }

    // Whoever comes first queues a symbol, and the other one joins it, unless it was cancelled or done in between.
    private async Task AtOnceAsync(AtOnce command)
    {
        var wasQuiet = _model.IsQuiet;
        Ask[] asks = [Plain(command.One), Plain(command.Other)];
        var run = RunAt(command.Which);
        // What the answers tell may be that they have ended, cancelled.
        var endangered = (run?.Jobs ?? []).Where(job => job.MayBeOpen).ToList();
        _model.IsQuiet = false;
        _model.Pass();
        var sent = asks.Select(ask =>
        {
            var (method, path, body) = RequestOf(ask);
            return SendAsync(method, path, body);
        }).ToList();
        var cancelled = run is null ? null : SendAsync(HttpMethod.Delete, $"enrichment/runs/{run.Id}");
        var answers = await Task.WhenAll(sent);
        if (cancelled is not null)
            (await cancelled).Status.ShouldBe(200);

        var shared = asks[0].Range == asks[1].Range ? Queued(answers[0]).Intersect(Queued(answers[1])).ToList() : [];
        if (wasQuiet && run is null)
            shared.ShouldBeEmpty();
        var isOtherFirst = asks[0].Range == asks[1].Range && Joined(answers[0]).Intersect(Queued(answers[1])).Any();
        foreach (var i in isOtherFirst ? (int[])[1, 0] : [0, 1])
            Take(asks[i], answers[i]);
        foreach (var job in endangered)
            job.MayBeCancelled = true;
        _model.IsQuiet = wasQuiet;
        if (wasQuiet)
            await ReadOpenRunsAsync();

        static Ask Plain(Ask ask) => ask with { Track = false, Key = 0 };
        static IReadOnlyList<string> Queued(Answer answer) => Strings(answer.Body["symbols_queued"]);
        static IReadOnlyList<string> Joined(Answer answer) => Strings(answer.Body["already_running"]);
    }

    private ModelRun? RunAt(int which) => _model.Runs.Count == 0 ? null : _model.Runs[^(1 + which % _model.Runs.Count)];

    private Guid? BackfillAt(int which)
    {
        var backfills = _model.Runs.Select(run => run.Backfill).OfType<Guid>().Distinct().Reverse().ToList();
        return backfills.Count == 0 ? null : backfills[which % backfills.Count];
    }

    private static (HttpMethod Method, string Path, JsonNode Body) RequestOf(Ask ask)
    {
        var (body, query) = (new JsonObject(), new List<string>());
        string[] names = ask.Who >= 4 ? [.. ClientModel.Chosen(ask.Who - 3)] : [];
        if (names.Length > 0 && ask.Other && !ask.IsBackfill)
            query.AddRange(names.Select(name => $"symbols={name.ToLowerInvariant()}"));
        else if (names.Length > 0)
            body["symbols"] = new JsonArray([.. names.Reverse().Select(name => (JsonNode)name)]);
        if (ask.Who == 1)
            body["asset_class"] = "stock";
        if (ask.Who is 2 or 3)
            body["watchlist"] = ClientModel.WatchlistName(ask.Who - 2).ToUpperInvariant();
        if (ask.Timeframes > 0)
            body["timeframes"] = new JsonArray([.. ClientModel.Timeframes(ask.Timeframes).Select(timeframe => (JsonNode)timeframe)]);
        if (ask.Track)
            body["track"] = true;
        if (ask.Range > 0)
        {
            var (from, to) = ClientModel.Ranges[ask.Range - 1];
            (body["from"], body["to"]) = (from.ToString("O", CultureInfo.InvariantCulture), to.ToString("O", CultureInfo.InvariantCulture));
        }

        var path = ask.IsBackfill ? "enrichment/backfills" : "enrichment/trigger";
        return (HttpMethod.Post, query.Count == 0 ? path : $"{path}?{string.Join('&', query)}", body);
    }

    private static string? KeyName(int key) => key == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"key-{key}");

    // Of an accepted request: the run and the lists. Of a refused one: the problem.
    private static string Meaning(Answer answer) => answer.Code
        ?? $"{answer.Status} {answer.Body["job_id"]} {answer.Body["status"]} {answer.Body["symbols_queued"]?.ToJsonString()} "
        + $"{answer.Body["already_running"]?.ToJsonString()}";

    private static string Tracked(JsonNode body) =>
        $"{body["asset_class"]} {body["active"]} {string.Join(' ', Strings(body["timeframes"]))}".ToLowerInvariant();

    private static string Tracked(ModelSymbol symbol) =>
        $"{symbol.AssetClass} {symbol.Active} {string.Join(' ', symbol.Timeframes.Order())}".ToLowerInvariant();

    private static void ShouldRefuse(Answer answer, int status, string code) =>
        (answer.Status, answer.Code).ShouldBe((status, code), answer.ToString());

    private static Guid Id(JsonNode? node) => Guid.Parse(node!.GetValue<string>());

    private static IReadOnlyList<string> Strings(JsonNode? node) => node is JsonArray list ? [.. list.Select(one => one!.GetValue<string>())] : [];
}
