using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// What the Api asks of providers about symbols that are not tracked yet, and what nodes answer: <c>symbol_lookups</c>. A row lives for the
/// seconds that somebody waits for its answer.
/// </summary>
public sealed class LookupStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The channel that says that somebody has asked.</summary>
    public const string Channel = "marketdata_lookups";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new TolerantEnumConverter<LookupOutcome>(LookupOutcome.NotAsked), new JsonStringEnumConverter() },
    };

    /// <summary>Opens a session that hears when somebody has asked.</summary>
    public Task<ListeningSession> ListenAsync(CancellationToken cancellation) =>
        ListeningSession.OpenAsync(database, Channel, "listen for lookups", cancellation);

    /// <summary>Has a node ask the providers, and waits for what they say.</summary>
    /// <param name="instrument">The symbol, and the class that it is presumed to be of.</param>
    /// <param name="waitLimit">How long the answer is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What each provider said; null when no node is live, or none answered in time.</returns>
    public async Task<IReadOnlyList<ProviderAnswer>?> AskAsync(Instrument instrument, TimeSpan waitLimit, CancellationToken cancellation)
    {
        // What an Api that died has left behind goes with the next question.
        const string ask = $"""
            WITH forgotten AS (DELETE FROM symbol_lookups WHERE expires_at < now() - interval '1 minute')
            INSERT INTO symbol_lookups (id, symbol, asset_class, expires_at)
            SELECT @id, @symbol, @assetClass, now() + @waitLimit
            WHERE EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive})
            """;
        var id = Guid.CreateVersion7();
        var arguments = new { id, symbol = instrument.Symbol.Value, assetClass = instrument.AssetClass.Name(), waitLimit };
        if (await database.ExecuteAsync("ask about symbol", ask, arguments, cancellation) == 0)
            return null;
        try
        {
            return await WaitAsync(id, waitLimit, cancellation);
        }
        finally
        {
            await database.ExecuteAsync("forget lookup", "DELETE FROM symbol_lookups WHERE id = @id", new { id }, CancellationToken.None);
        }
    }

    /// <summary>Takes the oldest question that no node has taken and somebody still waits for.</summary>
    /// <returns>The question; null when there is none.</returns>
    public async Task<PendingLookup?> ClaimAsync(string node, CancellationToken cancellation)
    {
        const string claim = """
            UPDATE symbol_lookups SET claimed_by = @node
            WHERE id = (
                SELECT id FROM symbol_lookups WHERE claimed_by IS NULL AND expires_at > now() ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, symbol, asset_class
            """;
        return await database.QuerySingleOrDefaultAsync<PendingLookup>("claim lookup", claim, new { node }, cancellation);
    }

    /// <summary>Hands over what the providers said; of a question that nobody waits for any more nothing is kept.</summary>
    public Task AnswerAsync(Guid id, IReadOnlyList<ProviderAnswer> answers, CancellationToken cancellation) => database.ExecuteAsync(
        "answer lookup", "UPDATE symbol_lookups SET answers = @answers::jsonb WHERE id = @id",
        new { id, answers = JsonSerializer.Serialize(answers, Json) }, cancellation);

    private async Task<IReadOnlyList<ProviderAnswer>?> WaitAsync(Guid id, TimeSpan waitLimit, CancellationToken cancellation)
    {
        const string look = "SELECT answers::text FROM symbol_lookups WHERE id = @id";
        using var timer = new PeriodicTimer(LookInterval, time);
        var asked = time.GetTimestamp();
        while (time.GetElapsedTime(asked) < waitLimit && await timer.WaitForNextTickAsync(cancellation))
        {
            if (await database.ExecuteScalarAsync<string>("look for answers", look, new { id }, cancellation) is { } answers)
                return JsonSerializer.Deserialize<IReadOnlyList<ProviderAnswer>>(answers, Json);
        }

        return null;
    }
}
