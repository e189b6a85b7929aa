using System.Diagnostics;
using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Api.Instruments;
using MarketData.Api.Providers;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Symbols;

/// <summary>Which symbols are tracked, and how: <c>/api/v1/admin/symbols</c>.</summary>
public static class SymbolAdminApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapSymbolAdmin(this RouteGroupBuilder api)
    {
        var admin = api.MapGroup("/admin/symbols").WithTags("Administration").RequireScope(Scopes.Admin);
        admin.MapPost("/", Add).MayFailWith(ProblemCodes.SymbolExists, ProblemCodes.SymbolRefused).WithName("AddSymbol")
            .WithSummary("Track a symbol, once providers have said what it is");
        admin.MapGet("/", GetAll).WithName("GetAdminSymbols").WithSummary("Every symbol, inactive ones included");
        admin.MapGet("/lookup", LookUp).WithName("LookUpSymbol").WithSummary("What providers say of a symbol before it is tracked");
        admin.MapGet("/{symbol}", GetOne).WithName("GetAdminSymbol").WithSummary("One symbol with its record");
        admin.MapPut("/{symbol}", Change).WithName("ChangeSymbol").WithSummary("Change a symbol");
        admin.MapPut("/{symbol}/timeframes", ChangeTimeframes).WithName("ChangeTimeframes").WithSummary("Change the intervals of a symbol");
        admin.MapPut("/{symbol}/aliases", EnterAlias).WithName("EnterAlias").WithSummary("Enter what a provider calls a symbol over a range of days");
        admin.MapDelete("/{symbol}/aliases", RemoveAliases).WithName("RemoveAliases").WithSummary("Remove what was entered of a provider's names");
        admin.MapDelete("/{symbol}/aliases/{id}", RemoveAlias).MayFailWith(ProblemCodes.AliasNotFound)
            .WithName("RemoveAlias").WithSummary("Remove one name that was entered");
        admin.MapPost("/{symbol}/acknowledgements", Acknowledge).WithName("AcknowledgePriceLevel")
            .WithSummary("Say that prices at an odd level are right: the attention item goes away");
        admin.MapPost("/{symbol}/history-cuts", CutHistory).MayFailWith(ProblemCodes.SymbolBusy, ProblemCodes.DayRefused).WithName("CutHistory")
            .WithSummary("Delete what is stored of before a day, and ask for it no more: the ticker was another instrument's");
        admin.MapDelete("/", RemoveByName).MayFailWith(ProblemCodes.SymbolNotTracked, ProblemCodes.SymbolBusy).WithName("RemoveSymbolByName")
            .WithSummary("The same for a symbol whose name no address can hold, such as one of an earlier version that is called '..'");
        admin.MapDelete("/{symbol}", Remove).MayFailWith(ProblemCodes.SymbolBusy).WithName("RemoveSymbol")
            .WithSummary("Deactivate a symbol, or delete it with its data");
        return api;
    }

    private static async Task<Results<Created<AddedSymbol>, ProblemHttpResult>> Add(
        NewSymbol body,
        HttpContext context,
        SymbolInquiry inquiry,
        SymbolStore store,
        InstrumentStore instruments,
        RunStore runs,
        CancellationToken cancellationToken,
        [Description("Whether its history is fetched at once; the body may say so, too.")] bool start = true)
    {
        var (symbol, assetClass) = (Symbol.Parse(body.Symbol!), AssetClassNames.Parse(body.AssetClass!));
        if (await store.ReadAsync(symbol.Value, cancellationToken) is not null)
            return TrackedAlready(symbol);
        var (lookup, nearMisses) = await inquiry.AskAsync(symbol, assetClass, cancellationToken);
        if (SymbolInquiry.Objection(lookup, nearMisses) is { } objection)
            return Problems.Of(ProblemCodes.SymbolRefused, objection.Sentence, new() { [objection.Field] = [objection.Sentence] });

        var timeframes = Ordered(body.Timeframes) ?? [BarInterval.OneDay.Name()];
        if (await store.AddAsync(symbol.Value, assetClass.Name(), body.Name?.Trim(), timeframes, cancellationToken) is null)
            return TrackedAlready(symbol);
        foreach (var facts in lookup.Answers.Select(answer => answer.Facts).OfType<InstrumentFacts>())
            await instruments.ConfirmAsync(symbol, facts, cancellationToken);
        var run = start && body.Start != false
            ? await runs.CreateAsync(
                new() { Trigger = RunTrigger.Manual, Symbols = [symbol.Value], RequestedBy = context.Actor().Name, TraceParent = Activity.Current?.Id },
                cancellationToken)
            : null;
        context.Note($"{symbol} added as {assetClass.Name()} with {string.Join(' ', timeframes)}");
        return await store.ReadAsync(symbol.Value, cancellationToken) is { } added
            ? TypedResults.Created($"/api/v1/admin/symbols/{Uri.EscapeDataString(symbol.Value)}", new AddedSymbol(added) { JobId = run?.JobId })
            : Problems.NotTracked(symbol);
    }

    private static async Task<Ok<SymbolLookupResult>> LookUp(
        [FromQuery, Description("The symbol.")] Symbol symbol,
        [FromQuery(Name = "asset_class"), AssetClass, Description("The class to track it as; what providers tell when left out.")] string? assetClass,
        SymbolInquiry inquiry,
        SymbolStore store,
        CancellationToken cancellationToken)
    {
        var tracked = await store.ReadAsync(symbol.Value, cancellationToken) is not null;
        var (lookup, nearMisses) = await inquiry.AskAsync(
            symbol, assetClass is null ? null : AssetClassNames.Parse(assetClass), cancellationToken);
        var objection = tracked ? $"The symbol {symbol} is tracked already." : SymbolInquiry.Objection(lookup, nearMisses)?.Sentence;
        return TypedResults.Ok(SymbolLookupResult.Of(lookup, tracked, objection, nearMisses));
    }

    private static async Task<Ok<SymbolList>> GetAll(SymbolStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(SymbolList.Of(await store.ReadAllAsync(new SymbolFilter(), cancellationToken)));

    private static async Task<Results<Ok<InstrumentDetails>, ProblemHttpResult>> GetOne(
        Symbol symbol, InstrumentReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(symbol, cancellationToken) is { } found ? TypedResults.Ok(found) : Problems.NotTracked(symbol);

    private static async Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> Change(
        Symbol symbol, SymbolChange body, HttpContext context, SymbolStore store, InstrumentStore instruments, RunStore runs,
        CancellationToken cancellationToken)
    {
        var timeframes = Ordered(body.Timeframes);
        if (await store.ReadAsync(symbol.Value, cancellationToken) is not { } before
            || await store.ChangeAsync(symbol.Value, body.Name?.Trim(), body.Active, timeframes, cancellationToken) is not { } changed)
            return Problems.NotTracked(symbol);
        if (body.FirstTraded is { } first)
            await instruments.BeginHistoryAsync(symbol, first, Person(context), cancellationToken);
        if (body.Name is not null || body.PriceUnit is not null || body.FirstTraded is not null)
        {
            await instruments.CorrectAsync(symbol, body.Name?.Trim(), body.PriceUnit, Person(context), cancellationToken);
            changed = await store.ReadAsync(symbol.Value, cancellationToken) ?? changed;
        }

        if (!changed.Active)
            await runs.CancelSymbolAsync(symbol.Value, cancellationToken);
        Note(context, before, changed);
        return TypedResults.Ok(changed);
    }

    private static void Note(HttpContext context, TrackedSymbol before, TrackedSymbol after) => context.Note(
        after.Symbol,
        ("name", before.Name, after.Name),
        ("active", before.Active, after.Active),
        ("timeframes", before.Timeframes, after.Timeframes),
        ("price_unit", before.PriceUnit, after.PriceUnit),
        ("first_traded", before.FirstTraded, after.FirstTraded));

    private static async Task<Results<Ok<TrackedSymbol>, ProblemHttpResult>> ChangeTimeframes(
        Symbol symbol, TimeframeChange body, HttpContext context, SymbolStore store, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(symbol.Value, cancellationToken) is not { } before
            || await store.ChangeAsync(symbol.Value, null, null, Ordered(body.Timeframes), cancellationToken) is not { } changed)
            return Problems.NotTracked(symbol);
        Note(context, before, changed);
        return TypedResults.Ok(changed);
    }

    private static async Task<Results<Ok<InstrumentDetails>, ProblemHttpResult>> EnterAlias(
        Symbol symbol, NewAlias body, HttpContext context, AliasStore aliases, InstrumentReader reader, ProviderStateStore providers,
        CancellationToken cancellationToken)
    {
        if (await providers.ObjectionAsync(body.Provider, cancellationToken) is { } objection)
            return objection;
        if (body.ValidFrom > body.ValidTo)
            return Problems.Invalid("valid_from", "'valid_from' must not lie after 'valid_to'.");
        var alias = new TickerAlias(body.Provider!.ToLowerInvariant(), body.ProviderSymbol!, body.ValidFrom, body.ValidTo, AliasSource.Person);
        await aliases.EnterAsync(symbol, alias, Person(context), cancellationToken);
        context.Note(string.Create(
            CultureInfo.InvariantCulture, $"{symbol} is {alias.Ticker} at {alias.Provider}, from '{alias.From:yyyy-MM-dd}' to '{alias.To:yyyy-MM-dd}'"));
        return await reader.ReadAsync(symbol, cancellationToken) is { } entered ? TypedResults.Ok(entered) : Problems.NotTracked(symbol);
    }

    private static async Task<Results<Ok<InstrumentDetails>, ProblemHttpResult>> RemoveAliases(
        Symbol symbol,
        [Provider, Description("Whose names; those of all providers when left out.")] string? provider,
        HttpContext context,
        AliasStore aliases,
        InstrumentReader reader,
        ProviderStateStore providers,
        CancellationToken cancellationToken)
    {
        if (await providers.ObjectionAsync(provider, cancellationToken) is { } objection)
            return objection;
        var entered = (await aliases.ReadAsync(symbol, cancellationToken)).Where(alias => alias.Source == AliasSource.Person)
            .Select(alias => alias.Provider).Distinct();
        foreach (var one in entered.Where(name => provider is null || name.Equals(provider, StringComparison.OrdinalIgnoreCase)))
            await aliases.ReplaceAsync(symbol, one, AliasSource.Person, [], Person(context), cancellationToken);
        return await reader.ReadAsync(symbol, cancellationToken) is { } left ? TypedResults.Ok(left) : Problems.NotTracked(symbol);
    }

    private static async Task<Results<Ok<InstrumentDetails>, ProblemHttpResult>> RemoveAlias(
        Symbol symbol, long id, AliasStore aliases, InstrumentReader reader, CancellationToken cancellationToken) =>
        await aliases.RemoveAsync(symbol, id, cancellationToken) && await reader.ReadAsync(symbol, cancellationToken) is { } left
            ? TypedResults.Ok(left)
            : Problems.Of(ProblemCodes.AliasNotFound, $"No name of {symbol} with the number {id} was entered.");

    private static async Task<Results<Ok<PriceLevelAcknowledged>, ProblemHttpResult>> Acknowledge(
        Symbol symbol, PriceLevelAcknowledgement body, HttpContext context, SymbolStore store, PriceLevelMarks marks, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(symbol.Value, cancellationToken) is null)
            return Problems.NotTracked(symbol);
        var kind = body.Kind!.ToLowerInvariant();
        return TypedResults.Ok(new PriceLevelAcknowledged(
            symbol.Value, kind, await marks.AcknowledgeAsync(symbol, kind, Person(context), cancellationToken)));
    }

    private static async Task<Results<Ok<HistoryCutAway>, ProblemHttpResult>> CutHistory(
        Symbol symbol, NewHistoryCut body, HttpContext context, SymbolStore store, HistoryCut history, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(symbol.Value, cancellationToken) is not { } tracked)
            return Problems.NotTracked(symbol);
        var before = body.Before!.Value;
        if (before > DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))
            return Problems.Of(ProblemCodes.DayRefused, "Nothing would be left.", new() { ["before"] = ["'before' must not lie after today."] });
        var instrument = new Instrument(symbol, AssetClassNames.Parse(tracked.AssetClass));
        return await history.CutAsync(instrument, before, Person(context), cancellationToken) switch
        {
            null => Problems.NotTracked(symbol),
            { IsBusy: true } => Problems.Of(ProblemCodes.SymbolBusy, $"{symbol} is being enriched. Cut its history when that has ended."),
            var cut => TypedResults.Ok(new HistoryCutAway(symbol.Value, before, cut.CandlesDeleted)),
        };
    }

    private static string Person(HttpContext context) => context.Actor().Name ?? "person";

    private static Task<Results<Ok<SymbolRemoved>, ProblemHttpResult>> Remove(
        Symbol symbol,
        HttpContext context,
        SymbolStore store,
        RunStore runs,
        CancellationToken cancellationToken,
        [Description("Also delete its data, for good.")] bool purge = false) =>
        RemoveAsync(symbol.Value, purge, context, store, runs, cancellationToken);

    private static Task<Results<Ok<SymbolRemoved>, ProblemHttpResult>> RemoveByName(
        [FromQuery(Name = "symbol"), Text(Symbol.MaxLength, MinimumLength = 1), Description("The symbol, as it is stored.")] string name,
        HttpContext context,
        SymbolStore store,
        RunStore runs,
        CancellationToken cancellationToken,
        [Description("Also delete its data, for good.")] bool purge = false) =>
        RemoveAsync(name.ToUpperInvariant(), purge, context, store, runs, cancellationToken);

    private static async Task<Results<Ok<SymbolRemoved>, ProblemHttpResult>> RemoveAsync(
        string symbol, bool purge, HttpContext context, SymbolStore store, RunStore runs, CancellationToken cancellation)
    {
        if (await store.ReadAsync(symbol, cancellation) is not { } before
            || await store.ChangeAsync(symbol, null, active: false, null, cancellation) is not { } after)
            return Problems.NotTracked(symbol);
        Note(context, before, after);
        await runs.CancelSymbolAsync(symbol, cancellation);
        if (!purge)
            return TypedResults.Ok(new SymbolRemoved(symbol, "deactivated", 0));
        switch (await store.PurgeAsync(symbol, cancellation))
        {
            case null:
                return Problems.NotTracked(symbol);
            case { IsBusy: true }:
                return Problems.Of(ProblemCodes.SymbolBusy, $"{symbol} is being enriched. It is deactivated now; delete its data when that has ended.");
            case var purged:
                context.Note($"{symbol} purged with {purged.CandlesDeleted} candles");
                return TypedResults.Ok(new SymbolRemoved(symbol, "purged", purged.CandlesDeleted));
        }
    }

    private static string[]? Ordered(IReadOnlyList<string?>? timeframes) => timeframes is null
        ? null
        : [.. timeframes.Select(text => BarIntervals.Parse(text!)).Distinct().Order().Select(interval => interval.Name())];

    private static ProblemHttpResult TrackedAlready(Symbol symbol) => Problems.Of(ProblemCodes.SymbolExists, $"The symbol {symbol} is tracked already.");
}
