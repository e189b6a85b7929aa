using System.Text.Json;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// What the Api asks of single providers for somebody who compares them, and what nodes answer: <c>provider_questions</c>. A row lives for the
/// seconds that somebody waits for its answer. Who listens for lookups hears of it, too.
/// </summary>
public sealed class ProviderQuestionStore(NpgsqlDataSource database, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Has a node ask a provider, and waits for what it says.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="instrument">The instrument.</param>
    /// <param name="interval">Its interval.</param>
    /// <param name="range">The opening instants, UTC: the first, and the end, exclusive.</param>
    /// <param name="waitLimit">How long the answer is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The answer; null when no node is live, or none answered in time.</returns>
    public async Task<ProviderBars?> AskAsync(
        string provider, Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, TimeSpan waitLimit,
        CancellationToken cancellation)
    {
        // What an Api that died has left behind goes with the next question.
        const string ask = $"""
            WITH forgotten AS (DELETE FROM provider_questions WHERE expires_at < now() - interval '1 minute')
            INSERT INTO provider_questions (id, provider, symbol, asset_class, timeframe, range_from, range_to, expires_at)
            SELECT @id, @provider, @symbol, @assetClass, @timeframe, @from, @to, now() + @waitLimit
            WHERE EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive})
            """;
        var id = Guid.CreateVersion7();
        var arguments = new
        {
            id,
            provider,
            symbol = instrument.Symbol.Value,
            assetClass = instrument.AssetClass.Name(),
            timeframe = interval.Name(),
            from = range.From,
            to = range.To,
            waitLimit,
        };
        if (await database.ExecuteAsync("ask provider", ask, arguments, cancellation) == 0)
            return null;
        try
        {
            return await WaitAsync(id, waitLimit, cancellation);
        }
        finally
        {
            await database.ExecuteAsync("forget question", "DELETE FROM provider_questions WHERE id = @id", new { id }, CancellationToken.None);
        }
    }

    /// <summary>Takes the oldest question that no node has taken and somebody still waits for.</summary>
    /// <returns>The question; null when there is none.</returns>
    public async Task<ProviderQuestion?> ClaimAsync(string node, CancellationToken cancellation)
    {
        const string claim = """
            UPDATE provider_questions SET claimed_by = @node
            WHERE id = (
                SELECT id FROM provider_questions WHERE claimed_by IS NULL AND expires_at > now() ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, provider, symbol, asset_class, timeframe, range_from, range_to
            """;
        return await database.QuerySingleOrDefaultAsync<ProviderQuestion>("claim question", claim, new { node }, cancellation);
    }

    /// <summary>Hands over what the provider said; of a question that nobody waits for any more nothing is kept.</summary>
    public Task AnswerAsync(Guid id, ProviderBars answer, CancellationToken cancellation) => database.ExecuteAsync(
        "answer question", "UPDATE provider_questions SET answer = @answer::jsonb WHERE id = @id",
        new { id, answer = JsonSerializer.Serialize(answer, Json) }, cancellation);

    private async Task<ProviderBars?> WaitAsync(Guid id, TimeSpan waitLimit, CancellationToken cancellation)
    {
        const string look = "SELECT answer::text FROM provider_questions WHERE id = @id";
        using var timer = new PeriodicTimer(LookInterval, time);
        var asked = time.GetTimestamp();
        while (time.GetElapsedTime(asked) < waitLimit && await timer.WaitForNextTickAsync(cancellation))
        {
            if (await database.ExecuteScalarAsync<string>("look for answer", look, new { id }, cancellation) is { } answer)
                return JsonSerializer.Deserialize<ProviderBars>(answer, Json);
        }

        return null;
    }
}
