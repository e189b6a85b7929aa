using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using Npgsql;

namespace MarketData.Storage.Symbols;

/// <summary>The record of each instrument: what it is, where it trades, what providers call it, and who last confirmed each fact.</summary>
public sealed class InstrumentStore(NpgsqlDataSource database)
{
    /// <summary>Who confirmed a fact that follows from the symbol's name.</summary>
    public const string Rule = "rule";

    // A fact that is known stays; one that follows from the name is confirmed by that until somebody tells it.
    private const string Fill = """
        WITH told AS (
            SELECT * FROM unnest(@symbols::text[], @exchanges::text[], @currencies::text[], @units::text[], @zones::text[])
                AS t (symbol, exchange, currency, price_unit, zone)),
        new_facts AS (
            INSERT INTO instrument_facts (symbol, fact, confirmed_by)
            SELECT s.symbol, f.fact, @Rule
            FROM told t JOIN symbols s USING (symbol)
            CROSS JOIN LATERAL (VALUES
                ('exchange', s.exchange, t.exchange), ('currency', s.currency, t.currency), ('price_unit', s.price_unit, t.price_unit),
                ('zone', s.zone, t.zone)) AS f (fact, known, told)
            WHERE f.known IS NULL AND f.told IS NOT NULL
            ON CONFLICT DO NOTHING)
        UPDATE symbols s SET exchange = coalesce(s.exchange, t.exchange), currency = coalesce(s.currency, t.currency),
            price_unit = coalesce(s.price_unit, t.price_unit), zone = coalesce(s.zone, t.zone)
        FROM told t
        WHERE s.symbol = t.symbol AND (s.exchange, s.currency, s.price_unit, s.zone) IS DISTINCT FROM (
            coalesce(s.exchange, t.exchange), coalesce(s.currency, t.currency), coalesce(s.price_unit, t.price_unit), coalesce(s.zone, t.zone));
        """;

    // Of an instrument that nobody could be asked about, the first answer tells what its prices are in.
    private const string Confirm = """
        WITH told AS (
            SELECT s.symbol, f.* FROM symbols s
            CROSS JOIN LATERAL (VALUES
                ('currency', CASE s.status WHEN 'unverified' THEN NULL ELSE s.currency END, @currency::text),
                ('price_unit', CASE s.status WHEN 'unverified' THEN NULL ELSE s.price_unit END, @unit), ('zone', s.zone, @zone), ('name', s.name, @name),
                ('instrument_type', s.instrument_type, @type), ('first_traded', s.first_traded::text, @firstTraded::date::text)) AS f (fact, known, told)
            WHERE s.symbol = @symbol AND f.told IS NOT NULL AND (f.known IS NULL OR f.known = f.told)),
        confirmed AS (
            INSERT INTO instrument_facts AS i (symbol, fact, confirmed_by) SELECT symbol, fact, @provider FROM told
            ON CONFLICT (symbol, fact) DO UPDATE SET confirmed_by = excluded.confirmed_by, confirmed_at = now()
            WHERE i.confirmed_by <> excluded.confirmed_by OR i.confirmed_at < now() - interval '20 hours'
            RETURNING i.fact)
        UPDATE symbols SET
            currency = CASE status WHEN 'unverified' THEN coalesce(@currency, currency) ELSE coalesce(currency, @currency) END,
            price_unit = CASE status WHEN 'unverified' THEN coalesce(@unit, price_unit) ELSE coalesce(price_unit, @unit) END, zone = coalesce(zone, @zone),
            name = coalesce(name, @name), instrument_type = coalesce(instrument_type, @type), first_traded = coalesce(first_traded, @firstTraded::date),
            status = CASE status WHEN 'unverified' THEN 'active' ELSE status END
        WHERE symbol = @symbol AND (status = 'unverified' OR EXISTS (SELECT FROM confirmed))
        """;

    /// <summary>
    /// Makes <c>@first</c> the first day of the history of <c>@symbol</c> by the word of <c>@person</c>: what providers have of before is not
    /// asked for.
    /// </summary>
    internal const string BeginHistory = """
        WITH corrected AS (
            UPDATE symbols SET first_traded = @first, history_from = @first, updated_at = now() WHERE symbol = @symbol RETURNING symbol)
        INSERT INTO instrument_facts (symbol, fact, confirmed_by) SELECT symbol, 'first_traded', @person FROM corrected
        ON CONFLICT (symbol, fact) DO UPDATE SET confirmed_by = excluded.confirmed_by, confirmed_at = now()
        """;

    /// <summary>The record of an instrument; what follows from its name alone when it is not tracked.</summary>
    public async Task<InstrumentRecord> ReadAsync(Instrument instrument, CancellationToken cancellation)
    {
        const string read = """
            SELECT exchange, currency, price_unit, zone, name, instrument_type AS type, first_traded, last_traded, history_from, status
            FROM symbols WHERE symbol = @symbol
            """;
        var symbol = instrument.Symbol.Value;
        var row = await database.QuerySingleOrDefaultAsync<Row>("read instrument", read, new { symbol }, cancellation) ?? new Row();
        var byRule = Exchange.TryOf(instrument.Symbol, instrument.AssetClass, out var exchange) ? exchange : null;
        var unit = byRule is null ? null : PriceUnits.ByName(instrument, byRule);
        return new InstrumentRecord
        {
            Instrument = instrument,
            Exchange = row.Exchange ?? byRule?.Mic,
            Currency = row.Currency ?? (unit is null ? null : PriceUnits.CurrencyOf(unit)),
            PriceUnit = row.PriceUnit ?? unit,
            Zone = row.Zone ?? byRule?.Zone,
            Name = row.Name,
            Type = row.Type,
            FirstTraded = row.FirstTraded,
            LastTraded = row.LastTraded,
            HistoryFrom = row.HistoryFrom,
            // One that only a newer version knows is followed as ever.
            Status = Enum.TryParse<ListingStatus>(row.Status, ignoreCase: true, out var status) ? status : ListingStatus.Active,
            Aliases = await new AliasStore(database).ReadAsync(instrument.Symbol, cancellation),
        };
    }

    /// <summary>Who last confirmed each fact of a symbol, by the fact's name.</summary>
    public async Task<IReadOnlyList<ConfirmedFact>> ReadFactsAsync(Symbol symbol, CancellationToken cancellation)
    {
        const string read = "SELECT fact, confirmed_by, confirmed_at FROM instrument_facts WHERE symbol = @symbol ORDER BY fact";
        return await database.QueryAsync<ConfirmedFact>("read instrument facts", read, new { symbol = symbol.Value }, cancellation);
    }

    /// <summary>Enters what follows from symbols' names where nothing is known yet: exchange, currency, clock, and known changes of ticker.</summary>
    /// <param name="symbol">Only of this one; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task FillAsync(Symbol? symbol, CancellationToken cancellation)
    {
        // One that has an exchange was filled in before: at the start at the latest, which fills in all.
        const string tracked = "SELECT symbol, asset_class FROM symbols WHERE @symbol::text IS NULL OR (symbol = @symbol AND exchange IS NULL)";
        var rows = await database.QueryAsync<(string Symbol, string AssetClass)>(
            "read symbols to fill in", tracked, new { symbol = symbol?.Value }, cancellation);
        if (rows.Count == 0)
            return;
        // A name that is none, tracked by an earlier build, tells nothing.
        var instruments = rows.Where(row => Symbol.TryParse(row.Symbol, out _))
            .Select(row => new Instrument(Symbol.Parse(row.Symbol), AssetClassNames.Parse(row.AssetClass)))
            .ToList();
        var known = instruments
            .Select(instrument => (Instrument: instrument, Exchange: Exchange.TryOf(instrument.Symbol, instrument.AssetClass, out var found) ? found : null))
            .Where(one => one.Exchange is not null)
            .ToList();
        var arguments = new
        {
            Rule,
            symbols = known.Select(one => one.Instrument.Symbol.Value).ToArray(),
            exchanges = known.Select(one => one.Exchange!.Mic).ToArray(),
            currencies = known.Select(one => PriceUnits.CurrencyOf(PriceUnits.ByName(one.Instrument, one.Exchange!))).ToArray(),
            units = known.Select(one => PriceUnits.ByName(one.Instrument, one.Exchange!)).ToArray(),
            zones = known.Select(one => one.Exchange!.Zone).ToArray(),
        };
        await database.ExecuteAsync("fill in instruments", Fill, arguments, cancellation);
        var aliases = new AliasStore(database);
        foreach (var instrument in instruments)
        {
            foreach (var names in KnownTickers.Of(instrument.Symbol).GroupBy(alias => alias.Provider))
                await aliases.ReplaceAsync(instrument.Symbol, names.Key, AliasSource.BuiltIn, names, null, cancellation);
        }
    }

    /// <summary>Notes what a provider told along with an answer: facts that were not known, and that those that were are still right.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="facts">What was told, checked against the record.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task ConfirmAsync(Symbol symbol, InstrumentFacts facts, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var unit = facts.PriceUnit is { } told ? PriceUnits.Normalize(told) : null;
        var arguments = new
        {
            symbol = symbol.Value,
            provider = facts.Provider,
            currency = unit is null ? null : PriceUnits.CurrencyOf(unit),
            unit,
            zone = facts.Zone,
            name = facts.Name,
            type = facts.Type,
            firstTraded = facts.FirstTraded,
        };
        return database.ExecuteAsync("confirm instrument", Confirm, arguments, cancellation);
    }

    /// <summary>Enters what a person says of an instrument; what is null stays.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="priceUnit">What a price of 1 means.</param>
    /// <param name="person">Who says so.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    public Task CorrectAsync(Symbol symbol, string? name, string? priceUnit, string person, CancellationToken cancellation)
    {
        const string correct = """
            WITH corrected AS (
                UPDATE symbols SET name = coalesce(@name, name), currency = coalesce(@currency, currency), price_unit = coalesce(@unit, price_unit)
                WHERE symbol = @symbol RETURNING symbol)
            INSERT INTO instrument_facts (symbol, fact, confirmed_by)
            SELECT symbol, fact, @person FROM corrected
            CROSS JOIN (VALUES ('name', @name::text), ('currency', @currency), ('price_unit', @unit)) AS f (fact, told)
            WHERE told IS NOT NULL
            ON CONFLICT (symbol, fact) DO UPDATE SET confirmed_by = excluded.confirmed_by, confirmed_at = now()
            """;
        var unit = priceUnit is null ? null : PriceUnits.Normalize(priceUnit);
        var arguments = new { symbol = symbol.Value, name, unit, currency = unit is null ? null : PriceUnits.CurrencyOf(unit), person };
        return database.ExecuteAsync("correct instrument", correct, arguments, cancellation);
    }

    /// <summary>Makes a day the first of a symbol's history; what is stored of before stays.</summary>
    public Task BeginHistoryAsync(Symbol symbol, DateOnly first, string person, CancellationToken cancellation) =>
        database.ExecuteAsync("begin history", BeginHistory, new { symbol = symbol.Value, first, person }, cancellation);

    private sealed record Row
    {
        public string? Exchange { get; init; }

        public string? Currency { get; init; }

        public string? PriceUnit { get; init; }

        public string? Zone { get; init; }

        public string? Name { get; init; }

        public string? Type { get; init; }

        public DateOnly? FirstTraded { get; init; }

        public DateOnly? LastTraded { get; init; }

        public DateOnly? HistoryFrom { get; init; }

        public string Status { get; init; } = "active";
    }
}
