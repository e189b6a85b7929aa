using System.Text.Json;
using MarketData.Web.Api;
using MarketData.Web.Live;
using MarketData.Web.Presentation;
using MarketData.Web.Tests.Fakes;
using Microsoft.AspNetCore.Components.Authorization;

namespace MarketData.Web.Tests.Presentation;

public sealed class SymbolBoardTests : IAsyncLifetime
{
    private readonly SymbolBoard _board = new();
    private readonly HttpClient _http = new();
    private readonly SharedReads _reads = new(TimeProvider.System);
    private FakeApi _api = null!;
    private MarketDataClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _http.BaseAddress = new Uri(_api.Address);
        _client = new MarketDataClient(new ApiConnection(_http, new OperatorSession(new Nobody()), new Caller(), _reads));
        await UpdateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_job_that_starts_is_shown_without_asking_the_Api()
    {
        var asked = Asked;

        _board.Note(Job("AAPL", "running")).ShouldBeTrue();
        await UpdateAsync();

        Status("AAPL").ShouldBe("running");
        Asked.ShouldBe(asked);
    }

    [Fact]
    public async Task A_job_that_ended_has_its_symbol_asked_for_and_keeps_the_sparkline()
    {
        _board.Note(Job("AAPL", "running"));
        await UpdateAsync();
        _api.World.Symbols[0] = _api.World.Symbols[0] with { Status = "error", LastError = "No such ticker.", QualityHistory = null };
        var asked = Asked;

        _board.Note(Job("AAPL", "failed"));
        await UpdateAsync();

        Status("AAPL").ShouldBe("error");
        _board.Symbols[0].QualityHistory.ShouldNotBeNull();
        Asked.ShouldBe(asked + 1);
    }

    [Fact]
    public async Task Many_jobs_that_ended_at_once_cost_one_request()
    {
        var asked = Asked;

        foreach (var symbol in _api.World.Symbols)
            _board.Note(Job(symbol.Symbol, "succeeded"));
        await UpdateAsync();

        Asked.ShouldBe(asked + 1);
    }

    [Fact]
    public async Task A_quality_event_changes_the_score_and_leaves_what_runs_running()
    {
        _board.Note(Job("AAPL", "running"));
        _board.Note(Event("quality", new { symbol = "AAPL", status = "warning", quality_score = 0.5 }));
        _board.Note(Event("quality", new { symbol = "MSFT", status = "warning", quality_score = 0.6 }));
        await UpdateAsync();

        Status("AAPL").ShouldBe("running");
        _board.Symbols[0].QualityScore.ShouldBe(0.5);
        Status("MSFT").ShouldBe("warning");
    }

    [Fact]
    public async Task A_run_that_ended_has_everything_loaded_again()
    {
        _api.World.Symbols[1] = _api.World.Symbols[1] with { Status = "stale" };

        _board.Note(Event("run", new { status = "running" })).ShouldBeFalse();
        _board.Note(Event("run", new { status = "completed" })).ShouldBeTrue();
        await UpdateAsync();

        Status("MSFT").ShouldBe("stale");
    }

    private int Asked => _api.Reads.GetValueOrDefault("/api/v1/symbols/detailed");

    private Task UpdateAsync()
    {
        // As the reader of the event stream does with every event.
        _reads.Clear();
        return _board.UpdateAsync(_client, TestContext.Current.CancellationToken);
    }

    private string Status(string symbol) => _board.Symbols.Single(s => s.Symbol == symbol).Status;

    private static ApiEvent Job(string symbol, string status) => Event("job", new { symbol, status });

    private static ApiEvent Event(string kind, object payload) => new(null, kind, JsonSerializer.SerializeToElement(payload));

    private sealed class Nobody : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new()));
    }
}
