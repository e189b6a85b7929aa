using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Imports;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Imports;

/// <summary>Sorts the rows of an import by their series, and counts what is not theirs.</summary>
internal sealed class ImportReception(
    IBarRows source, ImportSettings settings, IReadOnlyList<TrackedSymbol> followed, CorporateActionReader actions, CandleRetentionOptions retention,
    DateTime now)
{
    // About 20 MB, whatever the file's size.
    private const int MostWaiting = 131_072;
    private const int RowsForGuess = 1_000;
    private const int FirstYear = 1900;
    private const int LastYear = 2200;
    private const int MostShown = 20;
    private const int MostUnknown = 50;
    private const int MostCountedUnknown = 10_000;

    private readonly Dictionary<string, TrackedSymbol> _followed = followed.ToDictionary(symbol => symbol.Symbol);
    private readonly Dictionary<(string Symbol, string? Timeframe), SeriesIntake?> _series = [];
    private readonly Dictionary<(string Symbol, BarInterval Interval), SeriesIntake> _intakes = [];
    private readonly Dictionary<string, long> _unknown = [];
    private readonly List<InvalidRow> _flaws = [];
    private readonly StampClock _clock = new(settings.Zone, settings.Ambiguous);
    private List<BarRow>? _unguessed = settings.Interval is null ? [] : null;
    private BarInterval? _interval = settings.Interval;
    private bool _isGuessed;
    private long _rows;
    private long _invalid;
    private long _outOfSession;
    private long _unclosed;
    private long _pastRetention;
    private int _waiting;

    /// <summary>Whether what waits is to be put on disk.</summary>
    public bool IsFull => _waiting >= MostWaiting;

    /// <summary>Takes rows in.</summary>
    public async Task TakeAsync(ReadOnlyMemory<BarRow> rows, CancellationToken cancellation)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (!TakeKnown(rows.Span[i]))
                await TakeAsync(rows.Span[i], cancellation);
        }
    }

    /// <summary>Takes in what waited for more rows to tell the interval.</summary>
    public Task EndAsync(CancellationToken cancellation) => _unguessed is null ? Task.CompletedTask : GuessAsync(cancellation);

    /// <summary>The bars that wait, which wait no more.</summary>
    public IReadOnlyList<ImportChunk> TakeChunks()
    {
        _waiting = 0;
        return [.. _intakes.Values.SelectMany(intake => intake.TakeChunks())];
    }

    /// <summary>Refuses an import of which nothing is a candle.</summary>
    /// <exception cref="UnreadableImportException">It is none.</exception>
    public void RefuseNothing()
    {
        if (_rows == 0)
            throw new UnreadableImportException("body", "The file has no row but the names of its columns.");
        if (_intakes.Values.Any(intake => intake.Valid > 0))
            return;
        var nothing = $"Nothing was imported: none of {_rows} rows is a candle of a tracked symbol.";
        if (_flaws.Count > 0)
        {
            var first = _flaws[0];
            var place = first.Column is null ? $"line {first.Line}" : $"line {first.Line}, column {first.Column}";
            throw new UnreadableImportException(place, $"{nothing} The first: {(first.Value is null ? "" : $"'{first.Value}' ")}{first.Reason}");
        }

        var why = _unknown.Count > 0
            ? $"{string.Join(", ", _unknown.Keys.Take(MostShown))} {(_unknown.Count == 1 ? "is" : "are")} not tracked; "
                + "track a symbol first by POST /api/v1/admin/symbols."
            : $"{_outOfSession} lie outside the session, {_unclosed} had not closed, {_pastRetention} are older than what is kept.";
        throw new UnreadableImportException(_unknown.Count > 0 ? "symbol" : "body", $"{nothing} {why}");
    }

    /// <summary>What was found.</summary>
    public ImportReport Report(string name, bool isDryRun) => new()
    {
        Name = name,
        DryRun = isDryRun,
        Rows = _rows,
        Valid = _intakes.Values.Sum(intake => intake.Valid),
        Invalid = _invalid,
        OutOfSession = _outOfSession,
        Unclosed = _unclosed,
        PastRetention = _pastRetention,
        TimeframeGuessed = _isGuessed ? _interval?.Name() : null,
        Series =
        [
            .. from intake in _intakes.Values
               orderby intake.Instrument.Symbol, intake.Interval
               select new ImportReportSeries(
                   intake.Instrument.Symbol.Value, intake.Interval.Name(), intake.Valid, intake.Invalid, intake.First, intake.Last),
        ],
        UnknownSymbols = [.. _unknown.OrderByDescending(one => one.Value).Take(MostUnknown).Select(one => new UnknownSymbol(one.Key, one.Value))],
        InvalidRows = _flaws,
        IgnoredColumns = source.IgnoredColumns,
        Warnings = [.. Warnings()],
    };

    private IEnumerable<string> Warnings()
    {
        if (!source.HasVolume)
            yield return "The file has no volume: it is taken to be 0.";
        foreach (var intake in _intakes.Values)
        {
            if (intake.DoubtfulSplit is { } date)
            {
                yield return settings.IsSplitAdjusted
                    ? $"{intake.Instrument.Symbol}: prices beside the split of {date:yyyy-MM-dd} look as traded, though adjustment=splits was said."
                    : $"{intake.Instrument.Symbol}: prices beside the split of {date:yyyy-MM-dd} look adjusted for it, though adjustment=none was said.";
            }
        }
    }

    // Nearly every row is of a series that was seen before.
    private bool TakeKnown(in BarRow row)
    {
        if ((_unguessed is not null && row.Timeframe is null) || row.Flaw is not null
            || !_series.TryGetValue((SymbolOf(row), row.Timeframe), out var intake) || intake is null)
            return false;
        _rows++;
        Take(row, intake);
        return true;
    }

    private async Task TakeAsync(BarRow row, CancellationToken cancellation)
    {
        if (_unguessed is not null && string.IsNullOrEmpty(row.Timeframe))
        {
            _unguessed.Add(row);
            if (_unguessed.Count >= RowsForGuess)
                await GuessAsync(cancellation);
            return;
        }

        _rows++;
        if (row.Flaw is { } flaw)
            Refuse(row.Line, flaw);
        else if (await FindAsync(row, cancellation) is { } intake)
            Take(row, intake);
    }

    private async Task GuessAsync(CancellationToken cancellation)
    {
        var rows = _unguessed!;
        _unguessed = null;
        _interval = IntervalGuess.Of(rows);
        _isGuessed = _interval is not null;
        foreach (var row in rows)
            await TakeAsync(row, cancellation);
    }

    private string SymbolOf(in BarRow row) => settings.Symbol ?? row.Symbol ?? "";

    private async Task<SeriesIntake?> FindAsync(BarRow row, CancellationToken cancellation)
    {
        var key = (SymbolOf(row), row.Timeframe);
        if (_series.TryGetValue(key, out var known) && known is not null)
            return known;
        if (!Symbol.TryParse(key.Item1.Trim(), out var symbol) || !_followed.TryGetValue(symbol.Value, out var tracked))
        {
            var text = key.Item1.Length > 40 ? key.Item1[..40] + "…" : key.Item1;
            if (text.Length == 0)
                Refuse(row.Line, new RowFlaw(null, null, "names no symbol: say symbol, or map the column that has it."));
            else if (_unknown.Count < MostCountedUnknown || _unknown.ContainsKey(text))
                _unknown[text] = _unknown.GetValueOrDefault(text) + 1;
            return null;
        }

        if (Objection(row, tracked, out var interval) is { } flaw)
        {
            Refuse(row.Line, flaw);
            return null;
        }

        if (!_intakes.TryGetValue((symbol.Value, interval), out var intake))
        {
            var instrument = new Instrument(symbol, AssetClassNames.Parse(tracked.AssetClass));
            var splits = interval == BarInterval.OneWeek ? AdjustmentFactors.None : await actions.ReadSplitFactorsAsync(symbol, interval, cancellation);
            intake = new SeriesIntake(instrument, interval, splits, settings.IsSplitAdjusted, retention.KeptFrom(interval, now));
            _intakes[(symbol.Value, interval)] = intake;
        }

        return _series[key] = intake;
    }

    private RowFlaw? Objection(BarRow row, TrackedSymbol tracked, out BarInterval interval)
    {
        if (string.IsNullOrWhiteSpace(row.Timeframe))
        {
            interval = _interval.GetValueOrDefault();
            if (_interval is null)
                return new RowFlaw(null, null, "names no interval, and the times do not tell it: say timeframe.");
        }
        else if (!BarIntervals.TryParse(row.Timeframe.Trim(), out interval))
        {
            return new RowFlaw("timeframe", row.Timeframe, $"is no interval; there are {string.Join(", ", BarIntervals.All.Select(one => one.Name()))}.");
        }
        else if (settings.Interval is { } said && said != interval)
        {
            return new RowFlaw("timeframe", row.Timeframe, $"is not the interval that was said, {said.Name()}.");
        }

        if (interval.IsBuiltOfDays(AssetClassNames.Parse(tracked.AssetClass)))
            return new RowFlaw(null, null, $"is a week of {tracked.Symbol}, and weeks are built of days: import these.");
        return tracked.Timeframes.Contains(interval.Name())
            ? null
            : new RowFlaw(
                null, null,
                $"is of an interval that is not tracked of {tracked.Symbol}, {interval.Name()}: add it first by PUT /api/v1/admin/symbols/{tracked.Symbol}/timeframes.");
    }

    private void Take(in BarRow row, SeriesIntake intake)
    {
        if (_clock.Resolve(row.Stamp, intake.Interval, intake.Exchange, out var instant) is { } objection)
        {
            Refuse(row.Line, new RowFlaw("time", $"{row.Stamp.Value:yyyy-MM-dd HH:mm:ss}", objection));
            return;
        }

        if (instant.Year is < FirstYear or > LastYear)
        {
            Refuse(row.Line, new RowFlaw("time", $"{instant:yyyy-MM-dd}", $"is not in the years {FirstYear} to {LastYear}."));
            return;
        }

        switch (intake.Take(row.Candle with { Timestamp = instant }, now, out var broken))
        {
            case BarFate.OutOfSession:
                _outOfSession++;
                return;
            case BarFate.Unclosed:
                _unclosed++;
                return;
            case BarFate.PastRetention:
                _pastRetention++;
                return;
            case BarFate.Invalid:
                Refuse(row.Line, new RowFlaw(null, $"{instant:yyyy-MM-dd HH:mm:ss}Z", ReasonOf(broken!)));
                break;
        }

        _waiting++;
    }

    private static string ReasonOf(string rule) => $"{rule}: {ValidationRules.Structural.First(known => known.Id == rule).Meaning}";

    private void Refuse(long line, RowFlaw flaw)
    {
        _invalid++;
        if (_flaws.Count < MostShown)
            _flaws.Add(new InvalidRow(line, flaw.Column, flaw.Value, flaw.Reason));
    }
}
