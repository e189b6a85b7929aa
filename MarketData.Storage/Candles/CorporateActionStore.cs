using System.Text.Json;
using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Splits and dividends in two layers: what each provider told, as told, and what is in effect, which follows from it by
/// <see cref="ActionRules"/> whenever a report or a price changes.
/// </summary>
public sealed class CorporateActionStore(NpgsqlDataSource database)
{
    private const string Report = """
        INSERT INTO corporate_action_reports AS r (symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency, record_date, pay_date)
        SELECT DISTINCT @symbol, @provider, n.*
        FROM unnest(@dates::date[], @from::float8[], @to::float8[], @amounts::float8[], @currencies::text[], @recordDates::date[], @payDates::date[]) AS n
        ON CONFLICT (symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency, record_date, pay_date)
            DO UPDATE SET last_seen_at = now(), withdrawn_at = NULL;
        """;

    // A complete answer: what it no longer lists, the provider has taken back.
    private const string Withdraw = """
        UPDATE corporate_action_reports SET withdrawn_at = now()
        WHERE symbol = @symbol AND provider = @provider AND withdrawn_at IS NULL AND last_seen_at < now();
        """;

    private const string Numbers = """
        SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM corporate_action_reports WHERE symbol = @symbol AND withdrawn_at IS NULL
        """;

    private const string Told = """
        SELECT id, provider, coalesce(decided_ex_date, ex_date) AS ex_date, ratio_from, ratio_to, cash_amount AS amount, currency, record_date, pay_date,
               decision IS NOT NULL AS is_confirmed
        FROM corporate_action_reports
        WHERE symbol = @symbol AND (decision = 'confirmed' OR decision IS NULL AND withdrawn_at IS NULL);
        SELECT (b.ts AT TIME ZONE 'UTC')::date AS date, b.open, b.close
        FROM bars_1d b WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = '1d') ORDER BY b.ts;
        """;

    private const string Decide = """
        UPDATE corporate_action_reports SET decision = @decision, decided_ex_date = nullif(@exDate, ex_date), decided_by = @by, decided_at = now(),
            state = CASE WHEN @decision = 'withdrawn' THEN 'withdrawn' ELSE state END,
            reason = CASE WHEN @decision = 'withdrawn' THEN 'A person withdrew it.' ELSE reason END
        WHERE symbol = @symbol AND id = @id
        """;

    // Of each pair that tells, the last close in ten days before the ex-date; of several the newest, and of those the first.
    private const string Rates = """
        SELECT a.id, q.pair, (q.ts AT TIME ZONE 'UTC')::date AS date, q.rate
        FROM unnest(@ids::bigint[], @dates::date[]) AS a (id, ex_date)
        CROSS JOIN LATERAL (
            SELECT p.pair, b.ts, CASE WHEN p.is_inverse THEN 1 / b.close ELSE b.close END AS rate
            FROM unnest(@reports::bigint[], @pairs::text[], @inverse::boolean[]) WITH ORDINALITY AS p (report, pair, is_inverse, place)
            JOIN series s ON s.symbol = p.pair AND s.timeframe = '1d'
            CROSS JOIN LATERAL (
                SELECT ts, close FROM bars_1d WHERE series_id = s.id AND close > 0
                    AND ts < a.ex_date::timestamp AT TIME ZONE 'UTC' AND ts >= (a.ex_date - 10)::timestamp AT TIME ZONE 'UTC'
                ORDER BY ts DESC LIMIT 1) b
            WHERE p.report = a.id ORDER BY b.ts DESC, p.place LIMIT 1) q
        """;

    private const string Unit = "SELECT price_unit FROM symbols WHERE symbol = @symbol";

    private const string Judge = """
        UPDATE corporate_action_reports r SET state = n.state, reason = n.reason
        FROM unnest(@ids::bigint[], @states::text[], @reasons::text[]) AS n (id, state, reason)
        WHERE r.id = n.id AND (r.state, r.reason) IS DISTINCT FROM (n.state, n.reason);
        """;

    private const string Apply = """
        WITH n AS (
            SELECT * FROM unnest(@kinds::text[], @dates::date[], @from::float8[], @to::float8[], @amounts::float8[], @currencies::text[], @sources::text[])
                AS n (kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source)),
        gone AS (
            DELETE FROM corporate_actions a WHERE a.symbol = @symbol
                AND NOT EXISTS (SELECT FROM n WHERE n.kind = a.kind AND n.ex_date = a.ex_date) RETURNING a.kind, a.ex_date),
        changed AS (
            INSERT INTO corporate_actions AS a (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source)
            SELECT @symbol, n.kind, n.ex_date, n.ratio_from, n.ratio_to, n.cash_amount, n.currency, n.source FROM n
            ON CONFLICT (symbol, kind, ex_date) DO UPDATE SET
                ratio_from = excluded.ratio_from, ratio_to = excluded.ratio_to, cash_amount = excluded.cash_amount,
                currency = coalesce(excluded.currency, a.currency), source = excluded.source, recorded_at = now()
            WHERE (a.ratio_to / a.ratio_from, a.cash_amount) IS DISTINCT FROM (excluded.ratio_to / excluded.ratio_from, excluded.cash_amount)
            RETURNING a.kind, a.ex_date)
        SELECT kind, ex_date FROM gone UNION ALL SELECT kind, ex_date FROM changed
        """;

    /// <summary>The ex-dates of the splits that came into effect, changed, or went out of it, after <paramref name="since"/>, UTC.</summary>
    public async Task<IReadOnlyList<DateOnly>> SplitsRecordedSinceAsync(Symbol symbol, DateTime since, CancellationToken cancellation)
    {
        const string recorded = """
            SELECT ex_date FROM corporate_actions WHERE symbol = @symbol AND kind = 'split' AND recorded_at > @since
            UNION SELECT ex_date FROM corporate_action_history WHERE symbol = @symbol AND kind = 'split' AND replaced_at > @since ORDER BY ex_date
            """;
        return await database.QueryAsync<DateOnly>(
            "read splits recorded since", recorded, new { symbol = symbol.Value, since }, cancellation);
    }

    /// <summary>Whether the symbol's corporate actions were never asked for, or not within 20 hours: once a night, whenever in it.</summary>
    public async Task<bool> IsCheckDueAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string due = $"SELECT EXISTS (SELECT FROM symbols WHERE symbol = @symbol AND {DueChecks.Actions})";
        return await database.ExecuteScalarAsync<bool>(
            "check whether actions are due", due, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>Puts on record what a provider tells, and has what follows from all reports in effect.</summary>
    /// <param name="instrument">Of what.</param>
    /// <param name="splits">The splits that it tells of, as told.</param>
    /// <param name="dividends">The dividends that it tells of, as told.</param>
    /// <param name="provider">Who tells.</param>
    /// <param name="isComplete">Whether it is all that the provider knows: what it told before and does not now is withdrawn.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    /// <returns>Whether a split came into effect, changed, or went out of it.</returns>
    public async Task<bool> ReportAsync(
        Instrument instrument, IReadOnlyList<StockSplit> splits, IReadOnlyList<CashDividend> dividends, string provider, bool isComplete,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentNullException.ThrowIfNull(dividends);
        var rows = splits.Select(split => (split.ExDate, From: (double?)split.From, To: (double?)split.To, Dividend: (CashDividend?)null))
            .Concat(dividends.Select(dividend => (dividend.ExDate, From: (double?)null, To: (double?)null, Dividend: (CashDividend?)dividend)))
            .ToList();
        var arguments = new
        {
            symbol = instrument.Symbol.Value,
            provider,
            dates = rows.Select(row => row.ExDate).ToArray(),
            from = rows.Select(row => row.From).ToArray(),
            to = rows.Select(row => row.To).ToArray(),
            amounts = rows.Select(row => row.Dividend?.Amount).ToArray(),
            currencies = rows.Select(row => row.Dividend?.Currency).ToArray(),
            recordDates = rows.Select(row => row.Dividend?.RecordDate).ToArray(),
            payDates = rows.Select(row => row.Dividend?.PayDate).ToArray(),
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await BeginAsync(connection, instrument.Symbol, cancellation);
        var known = await NumbersAsync();
        await connection.ExecuteAsync(
            Sql.Command("report corporate actions", Report + (isComplete ? Withdraw : ""), arguments, cancellation, transaction));
        // Nearly every night tells what the one before told: nothing follows from it anew.
        var changed = await NumbersAsync() != known && await JudgeAsync(connection, transaction, instrument, cancellation);
        await transaction.CommitAsync(cancellation);
        return changed;

        Task<string?> NumbersAsync() => connection.ExecuteScalarAsync<string>(
            Sql.Command("read numbers of reports", Numbers, new { symbol = instrument.Symbol.Value }, cancellation, transaction));
    }

    /// <summary>Judges the reports anew by the prices that are there now.</summary>
    /// <returns>Whether a split came into effect, changed, or went out of it.</returns>
    public async Task<bool> JudgeAsync(Instrument instrument, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await BeginAsync(connection, instrument.Symbol, cancellation);
        var changed = await JudgeAsync(connection, transaction, instrument, cancellation);
        await transaction.CommitAsync(cancellation);
        return changed;
    }

    /// <summary>The instruments whose dividends wait for the rate of a currency pair.</summary>
    public async Task<IReadOnlyList<Instrument>> WaitingForAsync(Symbol pair, CancellationToken cancellation)
    {
        const string waiting = """
            SELECT DISTINCT y.symbol, y.asset_class, y.price_unit, r.currency
            FROM corporate_action_reports r JOIN symbols y USING (symbol)
            WHERE r.state = 'unconverted' AND r.withdrawn_at IS NULL AND r.decision IS NULL AND r.currency IS NOT NULL AND y.price_unit IS NOT NULL
            """;
        if (!CurrencyPairs.TryRead(pair, out var currencies))
            return [];
        var rows = await database.QueryAsync<(string Symbol, string AssetClass, string Unit, string Paid)>(
            "read unconverted dividends", waiting, null, cancellation);
        return
        [
            .. rows.Where(row => (PriceUnits.CurrencyOf(row.Paid), PriceUnits.CurrencyOf(row.Unit)) is var (paid, priced)
                    && ((paid, priced) == currencies || (priced, paid) == currencies))
                .Select(row => new Instrument(Symbol.Parse(row.Symbol), AssetClassNames.Parse(row.AssetClass)))
                .Distinct(),
        ];
    }

    /// <summary>Whether daily prices, or rates of currencies, that came since may change what became of a report.</summary>
    public async Task<bool> IsJudgementDueAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string due = """
            SELECT EXISTS (SELECT FROM corporate_action_reports WHERE symbol = @symbol AND withdrawn_at IS NULL AND state IN ('unverified', 'disputed', 'unconverted'))
            """;
        return await database.ExecuteScalarAsync<bool>("look for open reports", due, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>Notes that all providers were asked.</summary>
    public Task NoteCheckAsync(Symbol symbol, CancellationToken cancellation) => database.ExecuteAsync(
        "note check of corporate actions", "UPDATE symbols SET actions_checked_at = now() WHERE symbol = @symbol", new { symbol = symbol.Value }, cancellation);

    /// <summary>Puts on record what a person says of a split or a dividend: that outranks what providers tell.</summary>
    /// <param name="instrument">Of what.</param>
    /// <param name="split">The split; null for a dividend.</param>
    /// <param name="dividend">The dividend; null for a split.</param>
    /// <param name="by">Who says so; null when not known.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    public async Task AddAsync(
        Instrument instrument, StockSplit? split, CashDividend? dividend, string? by, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO corporate_action_reports AS r (
                symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency, record_date, pay_date, decision, decided_by, decided_at)
            VALUES (@symbol, @person, @exDate, @from, @to, @amount, @currency, @recordDate, @payDate, 'confirmed', @by, now())
            ON CONFLICT (symbol, provider, ex_date, ratio_from, ratio_to, cash_amount, currency, record_date, pay_date)
                DO UPDATE SET last_seen_at = now(), decision = 'confirmed', decided_ex_date = NULL, decided_by = @by, decided_at = now()
            """;
        var arguments = new
        {
            symbol = instrument.Symbol.Value,
            person = ActionReport.Person,
            exDate = split?.ExDate ?? dividend?.ExDate,
            from = split?.From,
            to = split?.To,
            amount = dividend?.Amount,
            currency = dividend?.Currency,
            recordDate = dividend?.RecordDate,
            payDate = dividend?.PayDate,
            by,
        };
        await ChangeAsync(instrument, "add corporate action", add, arguments, cancellation);
    }

    /// <summary>Confirms a report, so that it is in effect whatever the price and other providers say.</summary>
    /// <param name="instrument">Of what.</param>
    /// <param name="id">The report's number.</param>
    /// <param name="exDate">The day that it belongs to; null for the day that was told.</param>
    /// <param name="by">Who says so; null when not known.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    /// <returns>Whether there is such a report.</returns>
    public Task<bool> ConfirmAsync(Instrument instrument, long id, DateOnly? exDate, string? by, CancellationToken cancellation) => ChangeAsync(
        instrument, "confirm corporate action", Decide, new { symbol = instrument.Symbol.Value, id, decision = "confirmed", exDate, by }, cancellation);

    /// <summary>Takes a report out of effect, whoever goes on telling of it.</summary>
    /// <inheritdoc cref="ConfirmAsync"/>
    public Task<bool> WithdrawAsync(Instrument instrument, long id, string? by, CancellationToken cancellation) => ChangeAsync(
        instrument, "withdraw corporate action", Decide, new { symbol = instrument.Symbol.Value, id, decision = "withdrawn", exDate = (DateOnly?)null, by },
        cancellation);

    /// <summary>Has exactly these in effect.</summary>
    /// <param name="symbol">Of what.</param>
    /// <param name="splits">Each split and who told of it.</param>
    /// <param name="dividends">Each dividend and who told of it.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    /// <returns>Whether a split came into effect, changed, or went out of it.</returns>
    public async Task<bool> ApplyAsync(
        Symbol symbol, IReadOnlyList<(StockSplit Split, string Source)> splits, IReadOnlyList<(CashDividend Dividend, string Source)> dividends,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await BeginAsync(connection, symbol, cancellation);
        var changed = await ApplyAsync(connection, transaction, symbol, splits, dividends, cancellation);
        await transaction.CommitAsync(cancellation);
        return changed;
    }

    private async Task<bool> ChangeAsync(Instrument instrument, string what, string statement, object arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await BeginAsync(connection, instrument.Symbol, cancellation);
        if (await connection.ExecuteAsync(Sql.Command(what, statement, arguments, cancellation, transaction)) == 0)
            return false;
        await JudgeAsync(connection, transaction, instrument, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, Symbol symbol, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(Sql.Command("lock series", SeriesWriter.Begin, new { symbol = symbol.Value }, cancellation, transaction));
        return transaction;
    }

    private static async Task<bool> JudgeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Instrument instrument, CancellationToken cancellation)
    {
        var (reports, days) = await ReadToldAsync(connection, transaction, instrument.Symbol.Value, cancellation);
        var unit = await connection.ExecuteScalarAsync<string>(
            Sql.Command("read price unit", Unit, new { symbol = instrument.Symbol.Value }, cancellation, transaction));
        var rates = unit is null ? [] : await ReadRatesAsync(connection, transaction, reports, unit, cancellation);
        var inEffect = new ActionRules(TradingCalendar.For(instrument), unit ?? "an unknown unit").Derive(reports, days, rates);
        var verdicts = new
        {
            ids = inEffect.Verdicts.Keys.ToArray(),
            states = inEffect.Verdicts.Values.Select(verdict => StateName(verdict.State)).ToArray(),
            reasons = inEffect.Verdicts.Values.Select(verdict => verdict.Reason).ToArray(),
        };
        await connection.ExecuteAsync(Sql.Command("judge corporate action reports", Judge, verdicts, cancellation, transaction));
        return await ApplyAsync(connection, transaction, instrument.Symbol, inEffect.Splits, inEffect.Dividends, cancellation);
    }

    private static async Task<Dictionary<long, CurrencyRate>> ReadRatesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<ActionReport> reports, string unit, CancellationToken cancellation)
    {
        var priced = PriceUnits.CurrencyOf(unit);
        var foreign = reports.Where(report => report is { IsSplit: false, Currency: { } paid } && PriceUnits.CurrencyOf(paid) != priced).ToList();
        if (foreign.Count == 0)
            return [];
        var pairs = foreign.SelectMany(
            report => CurrencyPairs.Between(PriceUnits.CurrencyOf(report.Currency!), priced), (report, pair) => (report.Id, pair.Symbol, pair.IsInverse)).ToList();
        var arguments = new
        {
            ids = foreign.Select(report => report.Id).ToArray(),
            dates = foreign.Select(report => report.ExDate).ToArray(),
            reports = pairs.Select(pair => pair.Id).ToArray(),
            pairs = pairs.Select(pair => pair.Symbol).ToArray(),
            inverse = pairs.Select(pair => pair.IsInverse).ToArray(),
        };
        var rows = await connection.QueryAsync<(long Id, string Pair, DateOnly Date, double Rate)>(
            Sql.Command("read currency rates", Rates, arguments, cancellation, transaction));
        return rows.ToDictionary(row => row.Id, row => new CurrencyRate(row.Pair, row.Date, row.Rate));
    }

    private static async Task<(IReadOnlyList<ActionReport>, IReadOnlyList<(DateOnly, double, double)>)> ReadToldAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string symbol, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read corporate action reports", Told, new { symbol }, cancellation, transaction));
        return ((await results.ReadAsync<ActionReport>()).AsList(), (await results.ReadAsync<(DateOnly, double, double)>()).AsList());
    }

    private static async Task<bool> ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Symbol symbol, IReadOnlyList<(StockSplit Split, string Source)> splits,
        IReadOnlyList<(CashDividend Dividend, string Source)> dividends, CancellationToken cancellation)
    {
        var arguments = new
        {
            symbol = symbol.Value,
            kinds = splits.Select(_ => "split").Concat(dividends.Select(_ => "dividend")).ToArray(),
            dates = splits.Select(one => one.Split.ExDate).Concat(dividends.Select(one => one.Dividend.ExDate)).ToArray(),
            from = splits.Select(one => (double?)one.Split.From).Concat(dividends.Select(_ => (double?)null)).ToArray(),
            to = splits.Select(one => (double?)one.Split.To).Concat(dividends.Select(_ => (double?)null)).ToArray(),
            amounts = splits.Select(_ => (double?)null).Concat(dividends.Select(one => (double?)one.Dividend.Amount)).ToArray(),
            currencies = splits.Select(_ => (string?)null).Concat(dividends.Select(one => one.Dividend.Currency)).ToArray(),
            sources = splits.Select(one => one.Source).Concat(dividends.Select(one => one.Source)).ToArray(),
        };
        var changed = (await connection.QueryAsync<(string Kind, DateOnly ExDate)>(
            Sql.Command("apply corporate actions", Apply, arguments, cancellation, transaction))).AsList();
        if (changed.Count > 0)
            await connection.ExecuteAsync(
                Sql.Command("forget adjusted features", FeatureRows.ForgetAdjusted, new { symbol = symbol.Value }, cancellation, transaction));
        var splitsFrom = changed.Where(action => action.Kind == "split").Select(action => (DateOnly?)action.ExDate).Min();
        if (splitsFrom is { } exDate)
            await WeekRows.BuildAgainAsync(connection, transaction, symbol, exDate, cancellation);
        return splitsFrom is not null;
    }

    private static string StateName(ActionState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
