using MarketData.Api.Database;
using MarketData.Api.Errors;
using MarketData.Domain.Calendars;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Calendar;

/// <summary>When exchanges trade: <c>/api/v1/calendar</c>.</summary>
public static class CalendarApi
{
    // Of ten years.
    private const int MostDays = 3_660;

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapCalendar(this RouteGroupBuilder api)
    {
        var calendar = api.MapGroup("/calendar").WithTags("Data");
        calendar.MapGet("/", GetAll).WithName("GetExchanges").WithSummary("The exchanges whose calendars are known");
        calendar.MapGet("/{exchange}", GetOne).MayFailWith(ProblemCodes.ExchangeNotFound)
            .WithName("GetCalendar").WithSummary("Sessions, half days and closures of an exchange");
        return api;
    }

    [NeedsNoDatabase]
    private static Ok<ExchangeList> GetAll() => TypedResults.Ok(new ExchangeList([.. Exchange.All.Select(ViewOf)]));

    [NeedsNoDatabase]
    private static Results<Ok<ExchangeCalendar>, ProblemHttpResult> GetOne([AsParameters] CalendarQuery query, TimeProvider time)
    {
        // A slash can't be part of a path's segment.
        var code = query.Exchange.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Replace('-', '/');
        if (!Exchange.TryFind(code, out var exchange))
            return Problems.Of(
                ProblemCodes.ExchangeNotFound, $"There is no calendar of that exchange; there are {string.Join(", ", Exchange.All.Select(one => one.Mic))}.");
        var first = query.Start is { } start
            ? DateOnly.FromDateTime(start.Utc)
            : new DateOnly(query.End?.LastDate.Year ?? time.GetUtcNow().Year, 1, 1);
        var last = query.End?.LastDate ?? new DateOnly(first.Year, 12, 31);
        if (first > last)
            return Problems.Invalid("start", "'start' must not be after 'end'.");
        if (last.DayNumber - first.DayNumber >= MostDays)
            return Problems.Invalid("end", "'end' must lie within ten years of 'start'.");

        var (sessions, closures) = Days(exchange.Calendar, first, last);
        return TypedResults.Ok(new ExchangeCalendar(ViewOf(exchange)) { Start = first, End = last, Sessions = sessions, Closures = closures });
    }

    private static (List<SessionView> Sessions, List<DateOnly> Closures) Days(TradingCalendar calendar, DateOnly first, DateOnly last)
    {
        var (sessions, closures) = (new List<SessionView>(), new List<DateOnly>());
        for (var date = first; date <= last; date = date.AddDays(1))
        {
            if (calendar.TryGetSession(date, out var session))
                sessions.Add(new(date, session.Open, session.Close, session.BreakStart, session.BreakEnd, session.IsHalfDay));
            else if (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                closures.Add(date);
        }

        return (sessions, closures);
    }

    private static ExchangeView ViewOf(Exchange exchange) => new(
        exchange.Mic, exchange.Name, exchange.Zone, exchange.Currency, exchange.PriceUnit,
        exchange.Calendar.HolidaysKnownFrom is var from && from > DateOnly.MinValue ? from : null,
        exchange.Calendar.HolidaysKnownThrough is var through && through < DateOnly.MaxValue ? through : null);
}
