namespace MarketData.Chaos.Tests.ClientPromise;

/// <summary>How much a client knows of a job.</summary>
internal enum Knowledge
{
    /// <summary>It has not ended, and nothing works on it.</summary>
    Open,

    /// <summary>It may be worked on, or have ended.</summary>
    Unknown,

    /// <summary>It has ended, and stays so.</summary>
    Ended,
}

/// <summary>A job as a client sees it.</summary>
internal sealed class ModelJob(ModelRun run, string symbol, Knowledge knowledge)
{
    public ModelRun Run { get; } = run;

    public string Symbol { get; } = symbol;

    public Knowledge Knowledge { get; private set; } = knowledge;

    /// <summary>How it ended, once that was seen.</summary>
    public string? End { get; private set; }

    /// <summary>Its number, once that was seen.</summary>
    public long? Id { get; set; }

    /// <summary>What was said of it when it had ended.</summary>
    public string? Epitaph { get; set; }

    /// <summary>Whether somebody cancelled it, and nobody asked for it since.</summary>
    public bool MayBeCancelled { get; set; }

    public bool MayBeOpen => Knowledge != Knowledge.Ended;

    /// <summary>It may have been taken up by now.</summary>
    public void Blur() => Knowledge = Knowledge == Knowledge.Open ? Knowledge.Unknown : Knowledge;

    /// <summary>It ended, in a way that is not known.</summary>
    public void HasEnded() => Knowledge = Knowledge.Ended;

    /// <summary>It was seen in a state.</summary>
    public void IsSeen(string status, bool isQuiet)
    {
        if (status is "succeeded" or "failed" or "cancelled")
        {
            (End ?? status).ShouldBe(status, $"{this} had ended otherwise");
            (Knowledge, End) = (Knowledge.Ended, status);
            return;
        }

        Knowledge.ShouldNotBe(Knowledge.Ended, $"{this} had ended, and is {status}");
        if (isQuiet)
            (status is "queued" or "retrying").ShouldBeTrue($"{this} is {status} while the scheduler is paused and nothing was running");
        Knowledge = isQuiet ? Knowledge.Open : Knowledge.Unknown;
    }

    public override string ToString() => $"{Symbol} of run {Run.Id}";
}

/// <summary>A run as a client sees it.</summary>
internal sealed class ModelRun(Guid id, int range, Guid? backfill)
{
    public Guid Id { get; } = id;

    /// <summary>0: none.</summary>
    public int Range { get; } = range;

    public Guid? Backfill { get; } = backfill;

    public List<ModelJob> Jobs { get; } = [];

    /// <summary>What was said of it when it had ended.</summary>
    public string? Epitaph { get; set; }
}

/// <summary>A symbol as a client sees it.</summary>
internal sealed record ModelSymbol(string AssetClass, bool Active, IReadOnlySet<string> Timeframes)
{
    /// <summary>The symbol with other intervals: a stock's weeks are built of its days, which it tracks with them.</summary>
    public ModelSymbol With(IEnumerable<string> timeframes)
    {
        var all = timeframes.ToHashSet();
        if (AssetClass == "stock" && all.Contains("1w"))
            all.Add("1d");
        return this with { Timeframes = all };
    }
}

/// <summary>What a request has to be answered with.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Code">The problem; null when it is accepted.</param>
/// <param name="Symbols">The symbols that it concerns, in order.</param>
internal sealed record Expected(int Status, string? Code, IReadOnlyList<string> Symbols)
{
    public static Expected Accepted(IEnumerable<string> symbols) => new(202, null, [.. symbols.Order(StringComparer.Ordinal)]);

    public static Expected Refused(int status, string code) => new(status, code, []);
}

/// <summary>What a client can know of the system from what it asked and was told.</summary>
internal sealed class ClientModel
{
    /// <summary>Every symbol that there is to talk of; the last one no provider knows, and the one behind it is never tracked.</summary>
    public static IReadOnlyList<string> Names { get; } = ["SIM0001", "SIM0002", "SIM0003-USD", "ZZNONE", "SIM9999"];

    public static IReadOnlyList<string> Providers { get; } = ["polygon", "binance"];

    public static IReadOnlyList<(DateTime From, DateTime To)> Ranges { get; } =
    [
        (Utc(2022, 1, 1), Utc(2024, 12, 1)), (Utc(2022, 6, 1), Utc(2024, 6, 1)), (Utc(2023, 1, 1), Utc(2023, 9, 1)),
    ];

    public Dictionary<string, ModelSymbol> Symbols { get; } = [];

    public Dictionary<string, string[]> Watchlists { get; } = [];

    public Dictionary<int, (Ask Ask, string Answer)> Keys { get; } = [];

    public List<ModelRun> Runs { get; } = [];

    public HashSet<string> Isolated { get; } = [];

    public bool IsPaused { get; set; }

    /// <summary>Whether it is paused and nothing was running since: every answer is determined.</summary>
    public bool IsQuiet { get; set; }

    public IEnumerable<ModelJob> Jobs => Runs.SelectMany(run => run.Jobs);

    public static string ClassOf(string name) => name.EndsWith("-USD", StringComparison.Ordinal) ? "crypto" : "stock";

    public static string[] Timeframes(int choice) => choice switch { 0 => [], 1 => ["1d"], 2 => ["1w"], _ => ["1d", "1w"] };

    /// <summary>A set of names by bits; the one that is never tracked comes alone.</summary>
    public static IEnumerable<string> Chosen(int bits) => Names.Where((_, i) => (bits >> i & 1) == 1);

    /// <summary>Whether a provider has candles of it.</summary>
    public static bool IsKnown(string name) => name.StartsWith("SIM", StringComparison.Ordinal);

    /// <summary>Time passes, in which nodes work unless everything is still.</summary>
    public void Pass()
    {
        if (IsQuiet)
            return;
        foreach (var job in Jobs)
            job.Blur();
    }

    /// <summary>What a request that has no key, or a new one, has to be answered with.</summary>
    public Expected Predict(Ask ask)
    {
        var timeframes = Timeframes(ask.Timeframes);
        var active = Symbols.Where(symbol => symbol.Value.Active).Select(symbol => symbol.Key);
        List<string> chosen;
        switch (ask.Who)
        {
            case 0:
                chosen = [.. active];
                break;
            case 1:
                chosen = [.. active.Where(name => Symbols[name].AssetClass == "stock")];
                break;
            case 2 or 3:
                if (!Watchlists.TryGetValue(WatchlistName(ask.Who - 2), out var list))
                    return Expected.Refused(404, "watchlist_not_found");
                chosen = [.. active.Where(list.Contains)];
                if (chosen.Count == 0)
                    return Expected.Refused(404, "symbol_not_tracked");
                break;
            default:
                chosen = [.. Chosen(ask.Who - 3)];
                if (chosen.Any(name => Symbols.GetValueOrDefault(name) is not { Active: true }))
                    return Expected.Refused(422, "nothing_queued");
                break;
        }

        if (!ask.Track && chosen.Any(name => !Symbols[name].Timeframes.IsSupersetOf(timeframes)))
            return Expected.Refused(422, "timeframe_not_tracked");
        return chosen.Count == 0 ? Expected.Refused(422, "nothing_queued") : Expected.Accepted(chosen);
    }

    /// <summary>
    /// Takes in what was queued and joined, and checks it: what was open is joined, what was not is queued, in one new run.
    /// </summary>
    public void Take(Guid jobId, string status, IReadOnlyList<string> queued, IReadOnlyList<string> joined, int range, Guid? backfill)
    {
        queued.ShouldBe(queued.Order(StringComparer.Ordinal));
        joined.ShouldBe(joined.Order(StringComparer.Ordinal));
        queued.Intersect(joined).ShouldBeEmpty();
        status.ShouldBe(queued.Count > 0 ? "queued" : "already_running");
        foreach (var symbol in queued)
        {
            foreach (var job in Open(symbol, range))
            {
                job.Knowledge.ShouldNotBe(Knowledge.Open, $"{symbol} was queued though {job} is open");
                job.HasEnded();
            }
        }

        foreach (var symbol in joined)
        {
            Open(symbol, range).Count.ShouldBe(1, $"{symbol} was joined");
            Open(symbol, range)[0].MayBeCancelled = false;
        }

        if (queued.Count == 0)
        {
            jobId.ShouldBe(Open(joined[0], range)[0].Run.Id);
            return;
        }

        Runs.ShouldNotContain(run => run.Id == jobId);
        var made = new ModelRun(jobId, range, backfill ?? (range > 0 ? jobId : null));
        made.Jobs.AddRange(queued.Select(symbol => new ModelJob(made, symbol, IsQuiet ? Knowledge.Open : Knowledge.Unknown)));
        Runs.Add(made);
    }

    /// <summary>Somebody cancelled jobs.</summary>
    public void Cancel(IEnumerable<ModelJob> jobs)
    {
        foreach (var job in jobs.Where(job => job.MayBeOpen))
        {
            job.MayBeCancelled = true;
            if (IsQuiet)
                job.IsSeen("cancelled", isQuiet: true);
        }
    }

    /// <summary>The jobs of a symbol and a range that may be open.</summary>
    public IReadOnlyList<ModelJob> Open(string symbol, int range) =>
        [.. Jobs.Where(job => job.Symbol == symbol && job.Run.Range == range && job.MayBeOpen)];

    /// <summary>The newest job of each symbol of a backfill.</summary>
    public IReadOnlyList<ModelJob> NewestOf(Guid backfill) =>
        [.. Jobs.Where(job => job.Run.Backfill == backfill).GroupBy(job => job.Symbol).Select(jobs => jobs.Last())];

    public static string WatchlistName(int list) => list == 0 ? "mine" : "Yours";

    private static DateTime Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);
}
