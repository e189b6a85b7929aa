using MarketData.Storage.Notifications;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Notifications;

/// <summary>What rules hold of, and what is told of it.</summary>
public sealed class RuleTests(PostgresServer server) : NotificationTestBase(server)
{
    // What makes an occasion, what ends it, and what is told of both.
    public static TheoryData<string, string, string, string, string> Troubles => new()
    {
        {
            Occasions.RunFailed,
            """
            INSERT INTO enrichment_history (job_id, trigger, status, started_at, completed_at, symbols_total, symbols_failed)
                VALUES ('0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11', 'nightly', 'partial', now(), now(), 3, 2);
            INSERT INTO enrichment_jobs (job_id, symbol, asset_class, timeframes, status, completed_at)
                SELECT '0190b6a4-6c1e-7c64-8a5e-3f6d1f0a2b11', s, 'stock', '{1d}', 'failed', now() FROM unnest(ARRAY['AAPL', 'MSFT']) s;
            INSERT INTO symbol_status (symbol, asset_class, status, health) VALUES ('AAPL', 'stock', 'error', 'error'), ('MSFT', 'stock', 'delisted', 'delisted'),
                ('SPY', 'etf', 'delisted', 'delisted');
            """,
            "UPDATE symbol_status SET health = 'healthy', status = 'healthy'",
            "firing 2 symbols failed in a run", "resolved Over: 2 symbols are enriched again"
        },
        {
            Occasions.RunLate,
            "INSERT INTO schedules (name, expression, next_run) VALUES ('nightly', '0 30 1 * * ?', now() - interval '1 minute')",
            "UPDATE schedules SET next_run = now() + interval '1 day'",
            "firing the nightly run is late", "resolved Over: the nightly run has ended"
        },
        {
            Occasions.SymbolStale,
            "INSERT INTO symbol_status (symbol, asset_class, status, health) VALUES ('AAPL', 'stock', 'running', 'stale')",
            "UPDATE symbol_status SET health = 'healthy'",
            "firing AAPL is stale", "resolved Over: AAPL is no longer stale"
        },
        {
            Occasions.CircuitOpen,
            """
            INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency) VALUES ('node-a', 'h', 1, '1', 5), ('node-b', 'h', 2, '1', 5);
            INSERT INTO provider_state (provider, node_id, state) VALUES
                ('stocks', 'node-a', '{"resilience": {"circuit_state": "open", "opened_at": "2026-03-02T01:30:00Z"}, "last_error": "HTTP 500"}'),
                ('stocks', 'node-b', '{"resilience": {"circuit_state": "closed"}}'), ('coins', 'node-b', '{"resilience": {"circuit_state": "closed"}}');
            """,
            """UPDATE provider_state SET state = '{"resilience": {"circuit_state": "closed"}}'""",
            "firing stocks is not asked, its circuit is open", "resolved Over: stocks is asked again"
        },
        {
            Occasions.ActionDisputed,
            """
            INSERT INTO corporate_action_reports (symbol, provider, ex_date, ratio_from, ratio_to, state, reason) VALUES
                ('AAPL', 'stocks', '2026-03-02', 1, 4, 'disputed', 'The price shows no such change.'), ('AAPL', 'other', '2026-03-02', 1, 4, 'disputed', NULL),
                ('MSFT', 'stocks', '2026-03-02', 1, 4, 'confirmed', NULL);
            """,
            "UPDATE corporate_action_reports SET decision = 'confirmed'",
            "firing AAPL: split of 2026-03-02 is disputed", "resolved Over: AAPL: split of 2026-03-02 is decided"
        },
        {
            Occasions.QualityLow,
            """
            INSERT INTO symbol_status (symbol, asset_class, status, health, quality_score)
                VALUES ('AAPL', 'stock', 'warning', 'warning', 0.8499), ('MSFT', 'stock', 'healthy', 'healthy', 0.85), ('SPY', 'stock', 'delisted', 'delisted', 0.1);
            """,
            "UPDATE symbol_status SET quality_score = 0.9",
            "firing the quality of AAPL is below 0.85", "resolved Over: the quality of AAPL is 0.85 or better"
        },
        {
            Occasions.NotFresh,
            """
            UPDATE symbols SET created_at = now() - interval '30 days';
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records) VALUES
                ('AAPL', '1d', now() - interval '60 days', now() - interval '20 days', 20), ('MSFT', '1d', now() - interval '60 days', now(), 20);
            """,
            "INSERT INTO series (symbol, timeframe, last_ts) SELECT symbol, '1d', now() FROM symbols ON CONFLICT (symbol, timeframe) DO UPDATE SET last_ts = now()",
            "firing 2 symbols were not complete by 00:00 America/New_York (1d)", "resolved Over: 2 symbols are complete now (1d)"
        },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task A_trouble_is_told_once_and_its_end_once(string occasion, string begin, string end, string told, string over)
    {
        await RuleAsync(occasion);
        await FollowAsync();
        if (occasion != Occasions.NotFresh)
            (await MessagesAsync()).ShouldBeEmpty();

        await ExecuteAsync(begin);
        await FollowAsync();
        await FollowAsync();
        (await MessagesAsync()).ShouldBe([told]);
        await ExecuteAsync(end);
        await FollowAsync();
        await FollowAsync();

        (await MessagesAsync()).ShouldBe([told, over]);
    }

    [Fact]
    public async Task What_lasts_is_told_again_where_a_rule_says_so_together_and_until_it_is_over()
    {
        var terms = Request(Occasions.SymbolStale) with { RemindHours = 4 };
        (await Rules.CreateAsync(terms, "test", Cancellation)).ShouldNotBeNull().RemindHours.ShouldBe(4);
        await JudgeAsync("stale", "AAPL", "MSFT");
        await FollowAsync();
        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing 2 symbols are stale"]);

        // One has lasted for four hours since it was told; the other began later and is told with it.
        await ExecuteAsync("UPDATE notification_incidents SET told_at = now() - CASE subject WHEN 'AAPL' THEN interval '4 hours' ELSE interval '1 hour' END");
        await JudgeAsync("stale", "SPY");
        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing 2 symbols are stale", "firing SPY is stale", "firing Still: 2 symbols are stale"]);
        await FollowAsync();
        (await MessagesAsync()).Count.ShouldBe(3);

        await ExecuteAsync("UPDATE notification_incidents SET told_at = now() - interval '9 hours', reminded_at = now() - interval '3 hours'");
        await FollowAsync();
        (await MessagesAsync()).Count.ShouldBe(3);
        await ExecuteAsync("UPDATE notification_incidents SET reminded_at = now() - interval '5 hours'");
        await JudgeAsync("healthy", "AAPL", "SPY");
        await FollowAsync();
        (await MessagesAsync())[^1].ShouldBe("firing Still: MSFT is stale");
        await JudgeAsync("healthy", "MSFT");
        await FollowAsync();
        (await MessagesAsync())[^1].ShouldBe("resolved Over: MSFT is no longer stale");
    }

    [Fact]
    public void Every_occasion_has_its_trouble_here() => Troubles.Select(row => row.Data.Item1).ShouldBe(Occasions.All, ignoreOrder: true);

    [Fact]
    public async Task A_failed_symbol_of_a_run_under_way_is_told_when_the_run_has_ended()
    {
        await RuleAsync(Occasions.RunFailed);
        var run = await TriggerAsync();
        await ExecuteAsync("UPDATE enrichment_jobs SET status = 'failed', completed_at = now() WHERE symbol = 'AAPL'");
        await JudgeAsync("error", "AAPL");
        await FollowAsync();
        (await MessagesAsync()).ShouldBeEmpty();

        await ExecuteAsync("UPDATE enrichment_history SET status = 'partial', completed_at = now() WHERE job_id = @JobId", new { run.JobId });
        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing AAPL failed in a run"]);

        // Another run in which it fails again is under way: nothing is over.
        await ExecuteAsync("DELETE FROM enrichment_jobs WHERE status <> 'failed'");
        await TriggerAsync();
        await ExecuteAsync("UPDATE enrichment_jobs SET status = 'failed', completed_at = now() WHERE symbol = 'AAPL' AND status = 'queued'");
        await FollowAsync();
        (await MessagesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_begins_at_once_is_one_message_and_what_follows_waits_for_the_next()
    {
        await RuleAsync(Occasions.SymbolStale);
        await JudgeAsync("stale", "AAPL", "MSFT");
        await FollowAsync(LongTime);
        await JudgeAsync("stale", "SPY");
        await FollowAsync(LongTime);
        (await MessagesAsync()).ShouldBe(["firing 2 symbols are stale"]);

        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing 2 symbols are stale", "firing SPY is stale"]);
        (await ScalarAsync<string>("SELECT body FROM notification_messages ORDER BY id DESC LIMIT 1")).ShouldNotBeNull().ShouldContain("Told before and not over: 2.");

        // Its end is one message when all are well, and so long as that does not take too long.
        await JudgeAsync("healthy", "AAPL");
        await FollowAsync(LongTime);
        (await MessagesAsync()).Count.ShouldBe(2);
        await JudgeAsync("healthy", "MSFT", "SPY");
        await FollowAsync(LongTime);
        (await MessagesAsync())[^1].ShouldBe("resolved Over: 3 symbols are no longer stale");
    }

    [Fact]
    public async Task What_is_over_before_it_is_told_and_what_comes_back_before_its_end_is_told_is_not_told()
    {
        var rule = await RuleAsync(Occasions.SymbolStale, after: 10);
        await JudgeAsync("stale", "AAPL", "MSFT");
        await FollowAsync();
        await JudgeAsync("healthy", "AAPL");
        await FollowAsync();
        (await MessagesAsync()).ShouldBeEmpty();
        (await new IncidentStore(Database).ReadOpenAsync(10, Cancellation)).Single().ToldAt.ShouldBeNull();

        await ExecuteAsync("UPDATE notification_incidents SET since = since - interval '10 minutes'");
        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing MSFT is stale"]);

        // One is still stale, so that the other's end is not told yet.
        await JudgeAsync("stale", "SPY");
        await ExecuteAsync("INSERT INTO notification_incidents (rule_id, subject, label, since, told_at) VALUES (@rule, 'SPY', 'SPY', now(), now())", new { rule });
        await JudgeAsync("healthy", "MSFT");
        await FollowAsync(LongTime);
        await JudgeAsync("stale", "MSFT");
        await FollowAsync(LongTime);
        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing MSFT is stale"]);
    }

    [Fact]
    public async Task A_rule_of_a_watchlist_is_about_its_active_symbols_alone()
    {
        await ExecuteAsync("INSERT INTO watchlists (name, symbols) VALUES ('tech', '{MSFT,NOBODY,SPY}')");
        await RuleAsync(Occasions.SymbolStale, "tech");
        await ExecuteAsync("UPDATE symbols SET active = false WHERE symbol = 'SPY'");
        await JudgeAsync("stale", "AAPL", "MSFT", "SPY");

        await FollowAsync();

        (await MessagesAsync()).ShouldBe(["firing MSFT is stale"]);
    }

    [Fact]
    public async Task A_rule_that_is_about_something_else_begins_anew_and_one_that_is_off_holds_of_nothing()
    {
        var id = await RuleAsync(Occasions.SymbolStale);
        await JudgeAsync("stale", "AAPL");
        await FollowAsync();

        await Rules.ChangeAsync(id, Request(Occasions.SymbolStale) with { Name = "renamed" }, "test", Cancellation);
        await FollowAsync();
        (await MessagesAsync()).Count.ShouldBe(1);
        (await Rules.ChangeAsync(id, Request(Occasions.SymbolStale) with { IsEnabled = false }, "test", Cancellation)).ShouldNotBeNull().Open.ShouldBe(0);
        await FollowAsync();
        (await MessagesAsync()).Count.ShouldBe(1);
        await Rules.ChangeAsync(id, Request(Occasions.SymbolStale), "test", Cancellation);
        await FollowAsync();
        (await MessagesAsync()).ShouldBe(["firing AAPL is stale", "firing AAPL is stale"]);
    }

    [Fact]
    public async Task Nodes_that_follow_rules_at_once_tell_once()
    {
        var receiver = await ReceiverAsync("ops", ReceiverKinds.Slack, "https://example.com/x");
        await RuleAsync(Occasions.SymbolStale, receivers: receiver.Id);
        await JudgeAsync("stale", "AAPL", "MSFT");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FollowAsync()));

        (await MessagesAsync()).ShouldBe(["firing 2 symbols are stale"]);
        (await ScalarAsync<int>("SELECT count(*) FROM notification_deliveries")).ShouldBe(1);
    }
}
