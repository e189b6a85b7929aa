using CsCheck;

namespace MarketData.Chaos.Tests.ClientPromise;

/// <summary>
/// One thing that a client, or fate, does. Numbers choose among what is there when it is done, the newest first, so that what is left of a
/// shortened conversation still means something.
/// </summary>
internal abstract record Command
{
    /// <summary>Any command, the common ones more often.</summary>
    public static Gen<Command> Any { get; } = Gen.Frequency(
        (24, AnyAsk),
        (6, Gen.Select(Which, which => (Command)new Repeat(which))),
        (7, Gen.Select(Which, which => (Command)new CancelRun(which))),
        (5, Gen.Select(Which, which => (Command)new CancelJob(which))),
        (7, Gen.Select(Which, which => (Command)new CancelBackfill(which))),
        (6, Gen.Select(Which, which => (Command)new ResumeBackfill(which))),
        (3, Gen.Select(Which, which => (Command)new RetryFailed(which))),
        (6, Gen.Select(Gen.Bool, settle => (Command)new Pause(settle))),
        (6, Gen.Const((Command)new Resume())),
        (4, Gen.Select(Symbol, Gen.Bool, Gen.Bool, (symbol, active, byDelete) => (Command)new SetActive(symbol, active, byDelete && !active))),
        (3, Gen.Select(Symbol, Gen.Int[1, 3], (symbol, timeframes) => (Command)new SetTimeframes(symbol, timeframes))),
        (2, Gen.Select(Symbol, symbol => (Command)new Purge(symbol))),
        (4, Gen.Select(Symbol, Gen.Bool, (symbol, start) => (Command)new AddSymbol(symbol, start))),
        (3, Gen.Select(Gen.Int[0, 1], Gen.Int[1, 31], (list, symbols) => (Command)new PutWatchlist(list, symbols))),
        (2, Gen.Select(Gen.Int[0, 1], list => (Command)new DeleteWatchlist(list))),
        (3, Gen.Select(Gen.Int[0, 1], Gen.Bool, (provider, isolated) => (Command)new SetIsolated(provider, isolated))),
        (3, Gen.Select(AnyAsk, AnyAsk, Which, (one, other, which) => (Command)new AtOnce((Ask)one, (Ask)other, which))),
        (14, Gen.Select(Gen.Enum<Sight>(), Which, (what, which) => (Command)new Look(what, which))),
        (2, Gen.Select(Gen.Bool, isInGoodOrder => (Command)new EndNode(isInGoodOrder))));

    // Without a range, and without a name for the request, more often than with one.
    private static Gen<Command> AnyAsk => Gen.Select(
        Gen.Int[0, 19], Gen.Int[-2, 3], Gen.Int[-2, 2], Gen.Bool, Gen.Int[-3, 4], Gen.Enum<Way>(), Gen.Bool,
        (who, timeframes, range, flag, key, way, other) => (Command)new Ask(
            who, Math.Max(0, timeframes), Math.Max(0, range + 1), flag && timeframes > 0, Math.Max(0, key), key > 0 ? way : Way.Plain, other));

    private static Gen<int> Which => Gen.Int[0, 5];

    private static Gen<int> Symbol => Gen.Int[0, 3];
}

/// <summary>How a request goes over the wire.</summary>
internal enum Way
{
    /// <summary>Once.</summary>
    Plain,

    /// <summary>The connection breaks before it arrives; it is sent again.</summary>
    RequestLost,

    /// <summary>The connection breaks before its answer arrives; it is sent again.</summary>
    AnswerLost,

    /// <summary>Twice at the same moment.</summary>
    Twice,
}

/// <summary>What is looked at.</summary>
internal enum Sight
{
    Run, Backfill, History, Symbols, Watchlists, Status, Candles, Jobs, Scheduler,
}

/// <summary>A trigger or, with a range, a backfill.</summary>
/// <param name="Who">0: all; 1: all stocks; 2 and 3: a watchlist; from 4: a set of names, by bits.</param>
/// <param name="Timeframes">0: those that are tracked; 1: days; 2: weeks; 3: both.</param>
/// <param name="Range">0: none; else one of three.</param>
/// <param name="Track">Whether the timeframes are tracked from now on.</param>
/// <param name="Key">0: none; else one of four idempotency keys.</param>
/// <param name="Way">How it goes over the wire.</param>
/// <param name="Other">Whether it takes the other of two ways to say it: the query string, or <c>/backfills</c>.</param>
internal sealed record Ask(int Who, int Timeframes, int Range, bool Track, int Key, Way Way, bool Other) : Command
{
    /// <summary>What makes two requests the same one.</summary>
    public Ask Meaning() => this with { Key = 0, Way = Way.Plain, Other = false };

    /// <summary>Whether it goes to <c>/backfills</c>.</summary>
    public bool IsBackfill => Other && Range > 0;
}

/// <summary>Sends a request with a key that was used before again, as it was.</summary>
internal sealed record Repeat(int Which) : Command;

internal sealed record CancelRun(int Which) : Command;

internal sealed record CancelJob(int Which) : Command;

internal sealed record CancelBackfill(int Which) : Command;

internal sealed record ResumeBackfill(int Which) : Command;

internal sealed record RetryFailed(int Which) : Command;

/// <summary>Pauses.</summary>
/// <param name="Settle">Whether to wait until nothing is running: from then on the model knows everything.</param>
internal sealed record Pause(bool Settle) : Command;

internal sealed record Resume : Command;

internal sealed record SetActive(int Symbol, bool Active, bool ByDelete) : Command;

internal sealed record SetTimeframes(int Symbol, int Timeframes) : Command;

internal sealed record Purge(int Symbol) : Command;

internal sealed record AddSymbol(int Symbol, bool Start) : Command;

internal sealed record PutWatchlist(int List, int Symbols) : Command;

internal sealed record DeleteWatchlist(int List) : Command;

internal sealed record SetIsolated(int Provider, bool Isolated) : Command;

/// <summary>Two requests and the cancelling of a run at the same moment.</summary>
internal sealed record AtOnce(Ask One, Ask Other, int Which) : Command;

internal sealed record Look(Sight What, int Which) : Command;

/// <summary>A node ends, killed or in good order, and another one is started.</summary>
internal sealed record EndNode(bool IsInGoodOrder) : Command;
