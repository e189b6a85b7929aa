using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using MarketData.Domain.Validation;
using MarketData.Storage.Enrichment;

namespace MarketData.Storage.Candles;

/// <summary>Everything that is stored for one portion of a series, in one transaction.</summary>
public sealed record SeriesWrite
{
    /// <summary>The instrument.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The interval.</summary>
    public required BarInterval Interval { get; init; }

    /// <summary>The right to write; null only for writes outside any job.</summary>
    public JobFence? Fence { get; init; }

    /// <summary>The run, for the log.</summary>
    public Guid? JobId { get; init; }

    /// <summary>The provider that was asked.</summary>
    public required string Source { get; init; }

    /// <summary>The candles as they shall be, ascending, one per instant; those that are so already cost no write.</summary>
    public ReadOnlyMemory<StoredCandle> Candles { get; init; }

    /// <summary>Bars that broke a structural rule.</summary>
    public IReadOnlyList<RejectedBar> Rejected { get; init; } = [];

    /// <summary>Bars left out because they lie outside the regular session.</summary>
    public int OutOfSession { get; init; }

    /// <summary>The score from which a candle counts as validated, 0 to 1.</summary>
    public double MinimumScore { get; init; } = ValidationRules.DefaultMinimumScore;

    /// <summary>Where the features of the series go on after <see cref="Candles"/>; null where nothing was computed.</summary>
    public FeatureProgress? Features { get; init; }

    /// <summary>Known gaps that begin strictly between these instants are replaced by <see cref="Gaps"/>.</summary>
    public (DateTime After, DateTime Before)? GapRange { get; init; }

    /// <summary>What is missing between them.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    /// <summary>The range that the provider was asked for: gaps within it were asked for once more.</summary>
    public (DateTime From, DateTime To)? AskedRange { get; init; }

    /// <summary>
    /// Whether <see cref="AskedRange"/> is to be fetched again, as a fallback answered for a provider that did not, or a part could not be
    /// had; null where this fetch says nothing of that.
    /// </summary>
    public bool? IsProvisional { get; init; }

    /// <summary>Whether the candles are built of others: what is missing is missing there, and asked for there.</summary>
    public bool IsBuilt { get; init; }

    /// <summary>The candles expected on each date whose quality is computed anew.</summary>
    public IReadOnlyDictionary<DateOnly, int> ExpectedByDate { get; init; } = new Dictionary<DateOnly, int>();

    /// <summary>The last date of which candles are expected, where nothing trades after it; null while it does.</summary>
    public DateOnly? LastDate { get; init; }

    /// <summary>Opening instant of the last candle that was final when fetched, UTC.</summary>
    public DateTime? FinalThrough { get; init; }

    /// <summary>The part of an import that this stores; null for what providers gave.</summary>
    public ImportedPart? Imported { get; init; }

    /// <summary>The answer, for the log; null when no provider was asked.</summary>
    public FetchLogEntry? FetchLog { get; init; }

    /// <summary>The computations, for the log.</summary>
    public IReadOnlyList<ComputeLogEntry> ComputeLog { get; init; } = [];

    /// <summary>The backfill that this is part of, and how far it has come with it.</summary>
    public (Backfill Backfill, DateTime Reached)? Backfill { get; init; }
}
