using System.Text.Json;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// What the Api asks before a backfill begins, what it would take, and what nodes answer: <c>backfill_plans</c>
/// (<c>docs/decisions/0017-lookups-through-the-database.md</c>). A row lives for the seconds that somebody waits for its answer.
/// </summary>
public sealed class BackfillPlanStore(NpgsqlDataSource database, TimeProvider time)
{
    private const string Facts = $"s.first_traded, s.history_from, {DueChecks.Actions} AS are_actions_due, {DueChecks.Names} AS are_names_due";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Has a node estimate what a backfill would take.</summary>
    /// <param name="request">The backfill, with both ends of its range.</param>
    /// <param name="waitLimit">How long the answer is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The plan, and whether a node is live; no plan where none is, or none answered in time.</returns>
    public async Task<(BackfillPlan? Plan, bool IsAnyNodeLive)> AskAsync(RunRequest request, TimeSpan waitLimit, CancellationToken cancellation)
    {
        // What an Api that died has left behind goes with the next question.
        const string ask = $"""
            WITH forgotten AS (DELETE FROM backfill_plans WHERE expires_at < now() - interval '1 minute')
            INSERT INTO backfill_plans (id, request, expires_at) SELECT @id, @request::jsonb, now() + @waitLimit
            WHERE EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive})
            """;
        var id = Guid.CreateVersion7();
        var arguments = new { id, request = JsonSerializer.Serialize(request), waitLimit };
        if (await database.ExecuteAsync("ask for backfill plan", ask, arguments, cancellation) == 0)
            return (null, false);
        try
        {
            return (await WaitAsync(id, waitLimit, cancellation), true);
        }
        finally
        {
            await database.ExecuteAsync("forget backfill plan", "DELETE FROM backfill_plans WHERE id = @id", new { id }, CancellationToken.None);
        }
    }

    /// <summary>Takes the oldest question that no node has taken and somebody still waits for.</summary>
    /// <returns>The question; null when there is none.</returns>
    public async Task<PendingPlan?> ClaimAsync(string node, CancellationToken cancellation)
    {
        const string claim = """
            UPDATE backfill_plans SET claimed_by = @node
            WHERE id = (
                SELECT id FROM backfill_plans WHERE claimed_by IS NULL AND expires_at > now() ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, request::text
            """;
        var claimed = await database.QueryAsync<(Guid Id, string Request)>("claim backfill plan", claim, new { node }, cancellation);
        return claimed is [var (id, request)] ? new PendingPlan(id, JsonSerializer.Deserialize<RunRequest>(request)!) : null;
    }

    /// <summary>Hands over a plan; of a question that nobody waits for any more nothing is kept.</summary>
    public Task AnswerAsync(Guid id, BackfillPlan plan, CancellationToken cancellation) => database.ExecuteAsync(
        "answer backfill plan", "UPDATE backfill_plans SET plan = @plan::jsonb WHERE id = @id",
        new { id, plan = JsonSerializer.Serialize(plan) }, cancellation);

    /// <summary>The symbols that a run of <paramref name="request"/> would have, in alphabetical order.</summary>
    public Task<IReadOnlyList<PlannedSymbol>> ReadSymbolsAsync(RunRequest request, CancellationToken cancellation)
    {
        const string read = $"""
            SELECT s.symbol, s.asset_class, with_days_of_weeks(coalesce(@Timeframes, s.timeframes), s.asset_class) AS timeframes, {Facts}
            FROM symbols s
            WHERE s.active
              AND (@Symbols::text[] IS NULL OR s.symbol = ANY (@Symbols))
              AND (@AssetClass::text IS NULL OR s.asset_class = @AssetClass)
            ORDER BY s.symbol
            """;
        var arguments = new { Symbols = request.Symbols?.ToArray(), request.AssetClass, Timeframes = request.Timeframes?.ToArray() };
        return database.QueryAsync<PlannedSymbol>("read symbols to plan for", read, arguments, cancellation);
    }

    /// <summary>The symbols of a backfill that was begun, in alphabetical order.</summary>
    public Task<IReadOnlyList<PlannedSymbol>> ReadSymbolsAsync(Guid backfill, CancellationToken cancellation)
    {
        const string read = $"""
            SELECT j.symbol, j.asset_class, j.timeframes, {Facts}
            FROM enrichment_jobs j JOIN symbols s USING (symbol) WHERE j.job_id = @backfill ORDER BY j.symbol
            """;
        return database.QueryAsync<PlannedSymbol>("read symbols of backfill", read, new { backfill }, cancellation);
    }

    /// <summary>Takes the oldest backfill that goes on, is not estimated, and that no node has taken within the last minute.</summary>
    /// <returns>The backfill; null when there is none.</returns>
    public Task<BegunBackfill?> ClaimBegunAsync(CancellationToken cancellation)
    {
        const string claim = """
            UPDATE backfills SET plan_claimed_at = now()
            WHERE id = (
                SELECT b.id FROM backfills b
                WHERE b.plan IS NULL AND (b.plan_claimed_at IS NULL OR b.plan_claimed_at < now() - interval '1 minute')
                  AND EXISTS (SELECT FROM enrichment_history h WHERE h.backfill_id = b.id AND h.completed_at IS NULL)
                ORDER BY b.created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, range_from AS "from", range_to AS "to"
            """;
        return database.QuerySingleOrDefaultAsync<BegunBackfill>("claim backfill to estimate", claim, null, cancellation);
    }

    /// <summary>Keeps what a backfill is estimated to take.</summary>
    public Task KeepAsync(Guid backfill, BackfillPlan plan, CancellationToken cancellation) => database.ExecuteAsync(
        "keep estimate of backfill", "UPDATE backfills SET plan = @plan::jsonb WHERE id = @backfill",
        new { backfill, plan = JsonSerializer.Serialize(plan) }, cancellation);

    /// <summary>How fast enrichment has been lately.</summary>
    public async Task<WorkPace> ReadPaceAsync(CancellationToken cancellation)
    {
        const string places = $"SELECT coalesce(sum(concurrency), 0)::int FROM enrichment_nodes WHERE {NodeRegistry.Alive}";
        const string latency = """
            SELECT provider, sum(response_ms) / sum(answered) FROM provider_requests
            WHERE minute > now() - interval '7 days' GROUP BY provider HAVING sum(answered) > 0
            """;
        var latencies = await database.QueryAsync<(string Provider, double Ms)>("read mean latencies", latency, null, cancellation);
        return new WorkPace
        {
            Places = await database.ExecuteScalarAsync<int>("count places of live nodes", places, null, cancellation),
            LatencyMs = latencies.ToDictionary(one => one.Provider, one => one.Ms),
        };
    }

    private async Task<BackfillPlan?> WaitAsync(Guid id, TimeSpan waitLimit, CancellationToken cancellation)
    {
        const string look = "SELECT plan::text FROM backfill_plans WHERE id = @id";
        using var timer = new PeriodicTimer(LookInterval, time);
        var asked = time.GetTimestamp();
        while (time.GetElapsedTime(asked) < waitLimit && await timer.WaitForNextTickAsync(cancellation))
        {
            if (await database.ExecuteScalarAsync<string>("look for backfill plan", look, new { id }, cancellation) is { } plan)
                return JsonSerializer.Deserialize<BackfillPlan>(plan);
        }

        return null;
    }
}
