using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Splits and dividends on record.</summary>
public sealed class CorporateActionStore(NpgsqlDataSource database)
{
    private const string Upsert = """
        INSERT INTO corporate_actions AS a (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source)
        SELECT @symbol, n.kind, n.ex_date, n.ratio_from, n.ratio_to, n.cash_amount, n.currency, @source
        FROM unnest(@kinds::text[], @dates::date[], @from::float8[], @to::float8[], @amounts::float8[], @currencies::text[])
            AS n (kind, ex_date, ratio_from, ratio_to, cash_amount, currency)
        ON CONFLICT (symbol, kind, ex_date) DO UPDATE SET
            ratio_from = excluded.ratio_from, ratio_to = excluded.ratio_to, cash_amount = excluded.cash_amount,
            currency = coalesce(excluded.currency, a.currency), source = excluded.source, recorded_at = now()
        WHERE (a.ratio_to / a.ratio_from, a.cash_amount) IS DISTINCT FROM (excluded.ratio_to / excluded.ratio_from, excluded.cash_amount)
        RETURNING kind
        """;

    /// <summary>The splits of a symbol, in order of ex-date.</summary>
    public async Task<IReadOnlyList<StockSplit>> SplitsAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string splits = """
            SELECT ex_date, ratio_from AS "from", ratio_to AS "to" FROM corporate_actions
            WHERE symbol = @symbol AND kind = 'split' ORDER BY ex_date
            """;
        return await database.QueryAsync<StockSplit>("read splits", splits, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>The ex-dates of the splits that were put on record, or changed, after <paramref name="since"/>, UTC.</summary>
    public async Task<IReadOnlyList<DateOnly>> SplitsRecordedSinceAsync(Symbol symbol, DateTime since, CancellationToken cancellation)
    {
        const string recorded = """
            SELECT ex_date FROM corporate_actions
            WHERE symbol = @symbol AND kind = 'split' AND recorded_at > @since ORDER BY ex_date
            """;
        return await database.QueryAsync<DateOnly>(
            "read splits recorded since", recorded, new { symbol = symbol.Value, since }, cancellation);
    }

    /// <summary>Whether the symbol's corporate actions were never asked for, or not within 20 hours: once a night, whenever in it.</summary>
    public async Task<bool> IsCheckDueAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string due = """
            SELECT EXISTS (SELECT FROM symbols WHERE symbol = @symbol AND (actions_checked_at IS NULL OR actions_checked_at < now() - interval '20 hours'))
            """;
        return await database.ExecuteScalarAsync<bool>(
            "check whether actions are due", due, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>Puts a provider's answer on record; what another provider told before and this one does not stays.</summary>
    /// <returns>Whether a split is new or changed.</returns>
    public async Task<bool> SaveAsync(
        Symbol symbol, IReadOnlyList<StockSplit> splits, IReadOnlyList<CashDividend> dividends, string source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentNullException.ThrowIfNull(dividends);
        const string noted = "UPDATE symbols SET actions_checked_at = now() WHERE symbol = @symbol";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("lock series", SeriesWriter.Begin, new { symbol = symbol.Value }, cancellation, transaction));
        var changed = (await connection.QueryAsync<string>(
            Sql.Command("save corporate actions", Upsert, Rows(symbol, splits, dividends, source), cancellation, transaction))).AsList();
        if (changed.Count > 0)
            await connection.ExecuteAsync(
                Sql.Command("forget adjusted features", FeatureRows.ForgetAdjusted, new { symbol = symbol.Value }, cancellation, transaction));
        await connection.ExecuteAsync(
            Sql.Command("note check of corporate actions", noted, new { symbol = symbol.Value }, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return changed.Contains("split");
    }

    private static object Rows(Symbol symbol, IReadOnlyList<StockSplit> splits, IReadOnlyList<CashDividend> dividends, string source)
    {
        // Two dividends on one day, a regular and a special one, count as one.
        var paid = dividends.GroupBy(dividend => dividend.ExDate)
            .Select(day => (ExDate: day.Key, Amount: day.Sum(dividend => dividend.Amount), day.First().Currency)).ToList();
        var split = splits.DistinctBy(one => one.ExDate).ToList();
        return new
        {
            symbol = symbol.Value,
            source,
            kinds = split.Select(_ => "split").Concat(paid.Select(_ => "dividend")).ToArray(),
            dates = split.Select(one => one.ExDate).Concat(paid.Select(one => one.ExDate)).ToArray(),
            from = split.Select(one => (double?)one.From).Concat(paid.Select(_ => (double?)null)).ToArray(),
            to = split.Select(one => (double?)one.To).Concat(paid.Select(_ => (double?)null)).ToArray(),
            amounts = split.Select(_ => (double?)null).Concat(paid.Select(one => (double?)one.Amount)).ToArray(),
            currencies = split.Select(_ => (string?)null).Concat(paid.Select(one => one.Currency)).ToArray(),
        };
    }
}
