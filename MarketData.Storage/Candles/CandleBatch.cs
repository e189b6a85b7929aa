using System.Buffers.Binary;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Candles by column, as they come from the database: what exports are written from, without an object per candle.
/// Disposing gives its memory back to a pool.
/// </summary>
public sealed class CandleBatch : IDisposable
{
    private static readonly string[] Prices = CandleColumns.Prices.Split(", ");
    private static readonly string[] Microstructure = CandleColumns.Microstructure.Split(", ");

    // The source and the issues, two numbers of 16 bits.
    private const int VerdictLength = 2 * (sizeof(int) + sizeof(short));

    // In the place of a source's number: its name is there already.
    private const short NamedSource = -1;

    // What is read for each candle, whether it is given or not; then what is made of its source and its issues.
    private readonly BatchColumn[] _values;
    private readonly BatchColumn _source;
    private readonly BatchColumn _isValidated;
    private readonly BatchColumn _score;
    private readonly BatchColumn _notes;
    private readonly BatchColumn[] _features;
    private readonly BatchColumn? _symbol;
    private readonly BatchColumn? _timeframe;
    private readonly BatchColumn? _splitFactor;
    private readonly BatchColumn[] _all;
    private (short Source, short Issues)[] _verdicts;
    private int _capacity;
    private Candle[] _candles = [];

    /// <summary>An empty batch for what a query reads.</summary>
    /// <param name="query">The query.</param>
    /// <param name="capacity">Rows at most.</param>
    public CandleBatch(CandleQuery query, int capacity)
    {
        ArgumentNullException.ThrowIfNull(query);
        _capacity = capacity;
        _verdicts = new (short, short)[capacity];
        _values =
        [
            Column("timestamp", BatchColumnKind.Instant, isRequired: true),
            .. from name in Prices[..5] select Column(name, BatchColumnKind.Number, isRequired: true),
            Column("vwap", BatchColumnKind.Number),
            Column("trade_count", BatchColumnKind.Integer),
            .. from name in query.HasMicrostructure ? Microstructure : [] select Column(name, BatchColumnKind.Number),
        ];
        _source = Column("source", BatchColumnKind.Text, isRequired: true);
        _isValidated = Column("is_validated", BatchColumnKind.Flag, isRequired: true);
        _score = Column("quality_score", BatchColumnKind.Number, isRequired: true);
        _notes = Column("validation_notes", BatchColumnKind.Notes);
        BatchColumn[] verdict = [_source, _isValidated, _score, _notes];
        _features = query.Features ? [.. FeatureColumns(query)] : [];
        _symbol = query.SymbolColumn ? Column("symbol", BatchColumnKind.Text, isRequired: true) : null;
        _timeframe = query.TimeframeColumn ? Column("timeframe", BatchColumnKind.Text, isRequired: true) : null;
        BatchColumn[] key = [.. new[] { _symbol, _timeframe }.OfType<BatchColumn>()];
        Extras = [.. from name in query.Extras select Column(name, BatchColumnKind.Number)];
        _splitFactor = query.SplitFactor ? Column("split_factor", BatchColumnKind.Number) : null;
        BatchColumn[] further = [.. Extras, .. new[] { _splitFactor }.OfType<BatchColumn>()];
        _all = [.. key, .. _values, .. verdict, .. further, .. _features];
        Columns = query.Values ? _all : [.. key, _values[0], .. _features];
    }

    /// <summary>The columns: the candle's, then its features.</summary>
    public IReadOnlyList<BatchColumn> Columns { get; private set; }

    /// <summary>The columns of <see cref="CandleQuery.Extras"/>.</summary>
    internal IReadOnlyList<BatchColumn> Extras { get; }

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no more rows fit.</summary>
    public bool IsFull => Count == _capacity;

    /// <summary>The opening instant of a row's candle, UTC.</summary>
    public DateTime Timestamp(int row) => new(_values[0].Integers[row], DateTimeKind.Utc);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in _all)
            column.Return();
        Count = 0;
    }

    /// <summary>How many more rows fit.</summary>
    internal int Room => _capacity - Count;

    /// <summary>The last price of a row's candle.</summary>
    internal double Close(int row) => _values[4].Numbers[row];

    /// <summary>The same rows with other columns, or in another order of them.</summary>
    public CandleBatch With(IReadOnlyList<BatchColumn> columns)
    {
        var other = (CandleBatch)MemberwiseClone();
        other.Columns = columns;
        return other;
    }

    /// <summary>The same rows, but for one column of numbers.</summary>
    internal CandleBatch With(string name, double[] numbers)
    {
        var other = (CandleBatch)MemberwiseClone();
        other.Columns = [.. Columns.Select(column => column.Name == name ? column.With(numbers) : column)];
        return other;
    }

    /// <summary>Makes room for as many rows again.</summary>
    internal void Grow()
    {
        _capacity *= 2;
        foreach (var column in _all)
            column.Grow(Count, _capacity);
        Array.Resize(ref _verdicts, _capacity);
    }

    /// <summary>Says which symbol a row is of.</summary>
    internal void SetSymbol(int row, Symbol symbol) => _symbol!.Texts[row] = symbol.Value;

    /// <summary>Says which series the rows from one on are of.</summary>
    internal void SetSeries(int start, CandleQuery query)
    {
        _symbol?.Texts.AsSpan(start, Count - start).Fill(query.Instrument.Symbol.Value);
        _timeframe?.Texts.AsSpan(start, Count - start).Fill(query.TimeframeName);
    }

    /// <summary>Says of the rows from one on by what their prices were divided for splits.</summary>
    internal void SetSplitFactors(AdjustmentFactors factors, int start)
    {
        if (_splitFactor is null)
            return;
        for (var row = start; row < Count; row++)
        {
            var instant = Timestamp(row);
            _splitFactor.Numbers[row] = factors.Week(DateOnly.FromDateTime(instant)) is null ? factors.At(instant).Split : double.NaN;
        }
    }

    /// <summary>Adjusts prices and volumes of the rows from one on as <see cref="AdjustmentFactors.Adjust(in Candle)"/> does.</summary>
    internal void Adjust(AdjustmentFactors factors, int start = 0) => Adjust(factors, start, Count);

    /// <summary>Adjusts the rows from one on, up to another, exclusive.</summary>
    internal void Adjust(AdjustmentFactors factors, int start, int end)
    {
        if (factors.IsEmpty)
            return;
        var prices = _values.Where(column => column.Name is "open" or "high" or "low" or "close" or "vwap").ToArray();
        var volumes = _values.Single(column => column.Name == "volume");
        var (split, dividend, from, until) = factors.At(DateTime.MaxValue);
        for (var row = start; row < end; row++)
        {
            var instant = Timestamp(row);
            if (instant < from || instant >= until)
                (split, dividend, from, until) = factors.At(instant);
            if (factors.Week(DateOnly.FromDateTime(instant)) is { } week)
            {
                foreach (var price in prices)
                    price.Numbers[row] = PriceOf(week, price.Name);
                volumes.Numbers[row] = week.Volume;
                continue;
            }

            foreach (var price in prices)
                price.Numbers[row] = price.Numbers[row] / split * dividend;
            volumes.Numbers[row] *= split;
        }
    }

    /// <summary>Adds a row of <see cref="BinaryCopyReader"/>: the values, the source and the issues.</summary>
    /// <returns>The fields that follow them.</returns>
    internal ReadOnlySpan<byte> Add(ReadOnlySpan<byte> fields)
    {
        fields = Read(_values, fields);
        var source = BinaryPrimitives.ReadInt16BigEndian(fields[sizeof(int)..]);
        var issues = BinaryPrimitives.ReadInt16BigEndian(fields[(2 * sizeof(int) + sizeof(short))..]);
        _verdicts[Count] = (source, issues);
        _isValidated.Flags[Count] = (issues & CandleTables.Validated) != 0;
        (_score.Numbers[Count], _notes.Notes[Count]) = CandleVerdicts.Of(issues);
        Count++;
        return fields[VerdictLength..];
    }

    /// <summary>Adds a bar that is made of several candles.</summary>
    internal void Add(in Candle candle, string source, (short Issues, bool IsValidated, double Score) verdict)
    {
        _values[0].Integers[Count] = candle.Timestamp.Ticks;
        double[] prices = [candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, candle.Vwap];
        for (var i = 0; i < prices.Length; i++)
            _values[1 + i].Numbers[Count] = prices[i];
        _values[7].Integers[Count] = candle.TradeCount ?? BatchColumn.NullInteger;
        if (_values.Length > Prices.Length + 1)
            AddMicrostructure(candle);
        _verdicts[Count] = (NamedSource, verdict.Issues);
        _source.Texts[Count] = source;
        (_isValidated.Flags[Count], _score.Numbers[Count]) = (verdict.IsValidated, verdict.Score);
        _notes.Notes[Count++] = CandleVerdicts.Of(verdict.Issues).Notes;
    }

    private void AddMicrostructure(in Candle candle)
    {
        double[] values =
        [
            candle.OpenInterest, candle.FundingRate, candle.LongShortRatio, candle.LongLiquidations, candle.ShortLiquidations,
            candle.TakerBuyVolume, candle.TakerSellVolume,
        ];
        for (var i = 0; i < values.Length; i++)
            _values[1 + Prices.Length + i].Numbers[Count] = values[i];
    }

    /// <summary>What was found out about a row's candle, and who supplied it; after <see cref="CompleteAsync"/>.</summary>
    internal (short Issues, bool IsValidated, double Score, string Source) VerdictOf(int row) =>
        (_verdicts[row].Issues, _isValidated.Flags[row], _score.Numbers[row], _source.Texts[row]!);

    /// <summary>Reads the features of the row that was added last, in the order of their columns.</summary>
    /// <returns>The fields that follow them.</returns>
    internal ReadOnlySpan<byte> AddFeatures(ReadOnlySpan<byte> fields)
    {
        Count--;
        fields = Read(_features, fields);
        Count++;
        return fields;
    }

    private ReadOnlySpan<byte> Read(BatchColumn[] columns, ReadOnlySpan<byte> fields)
    {
        foreach (var column in columns)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(fields);
            fields = fields[sizeof(int)..];
            if (length < 0)
            {
                column.SetNull(Count);
                continue;
            }

            column.Set(Count, fields[..length]);
            fields = fields[length..];
        }

        return fields;
    }

    /// <summary>The rows from one on as candles; valid until the batch is changed.</summary>
    public ReadOnlySpan<Candle> Candles(int start = 0)
    {
        if (_candles.Length < Count - start)
            _candles = new Candle[_capacity];
        for (var row = start; row < Count; row++)
            _candles[row - start] = CandleOf(row);
        return _candles.AsSpan(0, Count - start);
    }

    /// <summary>The number of a row's source, and its issues as they are stored.</summary>
    internal (short Source, short Issues) Verdict(int row) => _verdicts[row];

    /// <summary>
    /// Sets the features of the rows from one on: the tables have them, and maybe those of others between. A feature that none has is null.
    /// </summary>
    internal void SetFeatures(IReadOnlyList<FeatureTable> tables, int start)
    {
        foreach (var column in _features)
        {
            if (tables.FirstOrDefault(table => table.IndexOf(column.Name) >= 0) is { } table)
                SetFeature(column, table, table.IndexOf(column.Name), start);
            else
                SetNull(column, start);
        }
    }

    private void SetFeature(BatchColumn column, FeatureTable table, int place, int start)
    {
        var instants = table.Timestamps;
        var values = table.Column(place);
        for (var (row, at) = (start, 0); row < Count; row++, at++)
        {
            while (at < instants.Length && instants[at].Ticks < _values[0].Integers[row])
                at++;
            // The rows before those of the table are only on the way to the first that is given.
            var value = at < values.Length ? values[at] : double.NaN;
            if (column.Kind == BatchColumnKind.Number)
                column.Numbers[row] = value;
            else
                column.Texts[row] = double.IsNaN(value) ? null : table.Features[place].LabelOf(value);
        }
    }

    private void SetNull(BatchColumn column, int start)
    {
        for (var row = start; row < Count; row++)
            column.SetNull(row);
    }

    /// <summary>Leaves, of the rows from one on, those of the range that are good enough.</summary>
    internal void Filter(CandleQuery query, int start)
    {
        var since = query.Since?.Ticks ?? 0;
        if (!query.IsFiltered && (start == Count || _values[0].Integers[start] >= since))
            return;
        var kept = start;
        for (var row = start; row < Count; row++)
        {
            if ((query.ValidatedOnly && !_isValidated.Flags[row]) || _score.Numbers[row] < query.MinimumScore || _values[0].Integers[row] < since)
                continue;
            foreach (var column in _all)
                column.Move(row, kept);
            _verdicts[kept++] = _verdicts[row];
        }

        Count = kept;
    }

    /// <summary>Names the sources, which until now are numbers.</summary>
    /// <param name="sources">The names.</param>
    /// <param name="connection">Where those that are not known are read, as long as it is free; null where it is not: another is taken.</param>
    /// <param name="cancellation">Stops it.</param>
    internal async ValueTask CompleteAsync(CandleSources sources, NpgsqlConnection? connection, CancellationToken cancellation)
    {
        for (var row = 0; row < Count; row++)
        {
            if (_verdicts[row].Source == NamedSource)
                continue;
            if (!sources.Knows(_verdicts[row].Source))
                await (connection is null ? sources.ReadAsync(cancellation) : sources.ReadAsync(connection, cancellation));
            _source.Texts[row] = sources.Name(_verdicts[row].Source);
        }
    }

    internal void Clear() => Count = 0;

    internal void Reverse()
    {
        foreach (var column in _all)
            column.Reverse(Count);
        _verdicts.AsSpan(0, Count).Reverse();
    }

    /// <summary>Takes the first rows out.</summary>
    internal void RemoveFirst(int count)
    {
        for (var row = count; row < Count && count > 0; row++)
        {
            foreach (var column in _all)
                column.Move(row, row - count);
            _verdicts[row - count] = _verdicts[row];
        }

        Count -= count;
    }

    /// <summary>Takes the rows after the first <paramref name="count"/> out.</summary>
    internal void Truncate(int count) => Count = Math.Min(Count, count);

    private static double PriceOf(in Candle candle, string name) => name switch
    {
        "open" => candle.Open,
        "high" => candle.High,
        "low" => candle.Low,
        "close" => candle.Close,
        _ => candle.Vwap,
    };

    /// <summary>A row's candle.</summary>
    internal Candle CandleOf(int row)
    {
        var candle = new Candle
        {
            Timestamp = Timestamp(row),
            Open = _values[1].Numbers[row],
            High = _values[2].Numbers[row],
            Low = _values[3].Numbers[row],
            Close = _values[4].Numbers[row],
            Volume = _values[5].Numbers[row],
            Vwap = _values[6].Numbers[row],
            TradeCount = _values[7].Integers[row] is var trades and not BatchColumn.NullInteger ? trades : null,
        };
        return _values.Length == Prices.Length + 1 ? candle : candle with
        {
            OpenInterest = _values[8].Numbers[row],
            FundingRate = _values[9].Numbers[row],
            LongShortRatio = _values[10].Numbers[row],
            LongLiquidations = _values[11].Numbers[row],
            ShortLiquidations = _values[12].Numbers[row],
            TakerBuyVolume = _values[13].Numbers[row],
            TakerSellVolume = _values[14].Numbers[row],
        };
    }

    private IEnumerable<BatchColumn> FeatureColumns(CandleQuery query)
    {
        string[] taken = query.Values ? [.. Prices, .. Microstructure] : [];
        return from feature in query.GivenFeatures
               let kind = feature.Labels.Count > 0 ? BatchColumnKind.Text : BatchColumnKind.Number
               let exported = taken.Contains(feature.Name) ? feature.Name + "_feature" : feature.Name
               select new BatchColumn(feature.Name, exported, kind, isFeature: true, isRequired: false, _capacity);
    }

    private BatchColumn Column(string name, BatchColumnKind kind, bool isRequired = false) =>
        new(name, name, kind, isFeature: false, isRequired, _capacity);
}
