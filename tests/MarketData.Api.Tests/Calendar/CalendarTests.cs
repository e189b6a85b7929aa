using System.Net;

namespace MarketData.Api.Tests.Calendar;

/// <summary>Anybody can ask when an exchange trades.</summary>
public sealed class CalendarTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Root = "/api/v1/calendar";

    [Fact]
    public async Task Sessions_half_days_and_closures_are_those_of_the_exchange()
    {
        var calendar = await api.Stranger.FetchAsync(Root + "/xnys?start=2024-11-25&end=2024-12-02").JsonAsync();
        calendar.GetProperty("exchange").GetString().ShouldBe("XNYS");
        calendar.GetProperty("zone").GetString().ShouldBe("America/New_York");
        var sessions = calendar.GetProperty("sessions").EnumerateArray().ToList();
        sessions.Select(session => session.GetProperty("date").GetString()).ShouldBe(["2024-11-25", "2024-11-26", "2024-11-27", "2024-11-29", "2024-12-02"]);
        // Thanksgiving, and the half day after it.
        calendar.GetProperty("closures").Texts().ShouldBe(["2024-11-28"]);
        sessions.Select(session => session.GetProperty("is_half_day").GetBoolean()).ShouldBe([false, false, false, true, false]);
        (sessions[3].GetProperty("open").GetString(), sessions[3].GetProperty("close").GetString()).ShouldBe(("2024-11-29T14:30:00Z", "2024-11-29T18:00:00Z"));
        sessions[4].GetProperty("close").GetString().ShouldBe("2024-12-02T21:00:00Z");
    }

    [Fact]
    public async Task Breaks_are_told_and_a_late_opening_is_no_half_day()
    {
        var tokyo = (await api.Stranger.FetchAsync(Root + "/XTKS?start=2024-11-06&end=2024-11-07T00:00:00Z").JsonAsync()).GetProperty("sessions").EnumerateArray().ShouldHaveSingleItem();
        (tokyo.GetProperty("break_start").GetString(), tokyo.GetProperty("break_end").GetString(), tokyo.GetProperty("close").GetString())
            .ShouldBe(("2024-11-06T02:30:00Z", "2024-11-06T03:30:00Z", "2024-11-06T06:30:00Z"));
        tokyo.GetProperty("is_half_day").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("24-7", 366, 0)]
    [InlineData("24%2F7", 366, 0)]
    [InlineData("24-5", 262, 0)]
    public async Task Markets_that_have_no_exchange_are_there_too(string code, int sessions, int closures)
    {
        var calendar = await api.Stranger.FetchAsync($"{Root}/{code}?start=2024-01-01").JsonAsync();
        calendar.GetProperty("end").GetString().ShouldBe("2024-12-31");
        calendar.GetProperty("sessions").GetArrayLength().ShouldBe(sessions);
        calendar.GetProperty("closures").GetArrayLength().ShouldBe(closures);
    }

    [Fact]
    public async Task Every_exchange_of_the_list_has_a_calendar()
    {
        var exchanges = (await api.Stranger.FetchAsync(Root).JsonAsync()).GetProperty("exchanges").EnumerateArray().ToList();
        exchanges.Count.ShouldBeGreaterThan(20);
        foreach (var exchange in exchanges)
        {
            var code = exchange.GetProperty("exchange").GetString()!.Replace('/', '-');
            (await api.Stranger.FetchAsync($"{Root}/{code}?start=2024-01-01&end=2024-01-31").JsonAsync()).GetProperty("sessions").GetArrayLength().ShouldBeInRange(15, 31, code);
        }
    }

    [Theory]
    [InlineData("XXXX", HttpStatusCode.NotFound, null)]
    [InlineData("XNYS?start=2000-01-01&end=2020-01-01", HttpStatusCode.BadRequest, "end")]
    [InlineData("XNYS?start=2024-01-02&end=2024-01-01", HttpStatusCode.BadRequest, "start")]
    [InlineData("XNYS?start=2024-01-02T00:00:00Z&end=2024-01-02T00:00:00Z", HttpStatusCode.BadRequest, "start")]
    public async Task What_has_no_days_is_refused(string call, HttpStatusCode status, string? field) =>
        await api.Stranger.FetchAsync($"{Root}/{call}").ProblemAsync(status, field);
}
