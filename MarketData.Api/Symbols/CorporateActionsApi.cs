using MarketData.Api.Errors;
using MarketData.Api.Security;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Symbols;

/// <summary>
/// Splits and dividends, what was told of them, and what a person decides of it: <c>/api/v1/corporate-actions</c>. Every change is
/// answered with what is in effect after it.
/// </summary>
public static class CorporateActionsApi
{
    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapCorporateActions(this RouteGroupBuilder api)
    {
        var actions = api.MapGroup("/corporate-actions/{symbol}");
        actions.MapGet("/", GetAsync).WithTags("Data").WithName("GetCorporateActions").WithSummary("Splits and dividends of a symbol");
        var decisions = actions.MapGroup("/").WithTags("Administration").RequireScope(Scopes.Admin);
        decisions.MapPost("/", AddAsync).MayFailWith(ProblemCodes.DayRefused).WithName("AddCorporateAction")
            .WithSummary("Add a split or a dividend that no provider tells of");
        decisions.MapPut("/{id}", ConfirmAsync).MayFailWith(ProblemCodes.ReportNotFound, ProblemCodes.DayRefused).WithName("ConfirmCorporateAction")
            .WithSummary("Confirm what was told, on its day or another: it is in effect whatever the price and other providers say");
        decisions.MapDelete("/{id}", WithdrawAsync).MayFailWith(ProblemCodes.ReportNotFound).WithName("WithdrawCorporateAction")
            .WithSummary("Take what was told out of effect, whoever goes on telling it");
        return api;
    }

    private static async Task<Results<Ok<CorporateActionList>, ProblemHttpResult>> GetAsync(
        Symbol symbol, SymbolStore store, QualityReader reader, CancellationToken cancellationToken) =>
        await store.ReadAsync(symbol.Value, cancellationToken) is null
            ? Problems.NotTracked(symbol)
            : TypedResults.Ok(await ReadAsync(symbol, reader, cancellationToken));

    private static async Task<Results<Created<CorporateActionList>, ProblemHttpResult>> AddAsync(
        Symbol symbol, NewCorporateAction body, HttpContext context, SymbolStore store, CorporateActionStore actions, QualityReader reader,
        CancellationToken cancellationToken)
    {
        if (body is { RatioFrom: null } == body is { RatioTo: not null })
            return Problems.Invalid("ratio_to", "'ratio_to' and 'ratio_from' are needed together.");
        if (body is { RatioTo: null } == body is { CashAmount: null })
            return Problems.Invalid("cash_amount", "Either a split's 'ratio_from' and 'ratio_to' or a dividend's 'cash_amount' is needed.");
        if (await FindAsync(symbol, store, cancellationToken) is not { } instrument)
            return Problems.NotTracked(symbol);
        if (!HasSession(instrument, body.ExDate))
            return NoSession(symbol);
        await actions.AddAsync(instrument, body.Split, body.Dividend, context.Actor().Name, cancellationToken);
        return TypedResults.Created(
            $"/api/v1/corporate-actions/{Uri.EscapeDataString(symbol.Value)}", await ReadAsync(symbol, reader, cancellationToken));
    }

    private static async Task<Results<Ok<CorporateActionList>, ProblemHttpResult>> ConfirmAsync(
        Symbol symbol, long id, CorporateActionConfirmation body, HttpContext context, SymbolStore store, CorporateActionStore actions,
        QualityReader reader, CancellationToken cancellationToken)
    {
        if (await FindAsync(symbol, store, cancellationToken) is not { } instrument)
            return Problems.NotTracked(symbol);
        if (!HasSession(instrument, body.ExDate))
            return NoSession(symbol);
        return await actions.ConfirmAsync(instrument, id, body.ExDate, context.Actor().Name, cancellationToken)
            ? TypedResults.Ok(await ReadAsync(symbol, reader, cancellationToken))
            : NotTold(symbol, id);
    }

    private static async Task<Results<Ok<CorporateActionList>, ProblemHttpResult>> WithdrawAsync(
        Symbol symbol, long id, HttpContext context, SymbolStore store, CorporateActionStore actions, QualityReader reader,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(symbol, store, cancellationToken) is not { } instrument)
            return Problems.NotTracked(symbol);
        return await actions.WithdrawAsync(instrument, id, context.Actor().Name, cancellationToken)
            ? TypedResults.Ok(await ReadAsync(symbol, reader, cancellationToken))
            : NotTold(symbol, id);
    }

    private static async Task<CorporateActionList> ReadAsync(Symbol symbol, QualityReader reader, CancellationToken cancellation) => new(
        symbol.Value, await reader.ReadActionsAsync(symbol.Value, cancellation), await reader.ReadActionReportsAsync(symbol.Value, cancellation));

    private static async Task<Instrument?> FindAsync(Symbol symbol, SymbolStore store, CancellationToken cancellation) =>
        await store.ReadAsync(symbol.Value, cancellation) is { } tracked ? new Instrument(symbol, AssetClassNames.Parse(tracked.AssetClass)) : null;

    private static bool HasSession(Instrument instrument, DateOnly? date) => date is not { } day
        || TradingCalendar.For(instrument).IsExpected(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), BarInterval.OneDay);

    private static ProblemHttpResult NotTold(Symbol symbol, long id) => Problems.Of(ProblemCodes.ReportNotFound, $"Nothing with the number {id} was told of {symbol}.");

    private static ProblemHttpResult NoSession(Symbol symbol) => Problems.Of(
        ProblemCodes.DayRefused, $"{symbol} does not trade on that day.", new() { ["ex_date"] = ["'ex_date' must be a day with a session."] });
}
