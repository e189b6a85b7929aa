using Microsoft.Extensions.Options;

namespace MarketData.Api;

/// <summary>Settings in the section <c>Api</c>.</summary>
public sealed class ApiOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Api";

    private const string FromTo = "must be from {1} to {2}.";

    /// <summary>Whether reading needs a key with the scope <c>read</c>. Default false: fit for a private network only.</summary>
    public bool RequireKeyForReads { get; set; }

    /// <summary>Requests a minute for callers without a key, by address (IPv6: by /64). 1 to 100,000,000, default 1,200.</summary>
    [Range(1, 100_000_000, ErrorMessage = FromTo)]
    public int RequestsPerMinutePerAddress { get; set; } = 1_200;

    /// <summary>Requests a minute for a key without a limit of its own. 1 to 100,000,000, default 6,000.</summary>
    [Range(1, 100_000_000, ErrorMessage = FromTo)]
    public int RequestsPerMinutePerKey { get; set; } = 6_000;

    /// <summary>
    /// Seconds that a request may take before it is broken off with 503; exports and the event
    /// stream are not counted. 1 to 600, default 30.
    /// </summary>
    [Range(1, 600, ErrorMessage = FromTo)]
    public int RequestTimeoutSeconds { get; set; } = 30;

    /// <summary>Minutes that an export may take. 1 to 1,440, default 60.</summary>
    [Range(1, 1_440, ErrorMessage = FromTo)]
    public int ExportTimeoutMinutes { get; set; } = 60;

    /// <summary>
    /// Exports and other large answers that a caller may have under way; more wait for a few seconds, then there is 429. 1 to 1,000, default 4.
    /// </summary>
    [Range(1, 1_000, ErrorMessage = FromTo)]
    public int ExportsPerCaller { get; set; } = 4;

    /// <summary>Exports and other large answers that all callers may have under way, else 503. 1 to 1,000, default 16.</summary>
    [Range(1, 1_000, ErrorMessage = FromTo)]
    public int Exports { get; set; } = 16;

    /// <summary>Bytes of temporary files for what readers of exports have not taken yet. 0 (none) to 1,000,000,000,000, default 2,000,000,000.</summary>
    [Range(0L, 1_000_000_000_000L, ErrorMessage = FromTo)]
    public long ExportSpoolBytes { get; set; } = 2_000_000_000;

    /// <summary>Event streams that a caller may have open, else 429. 1 to 10,000, default 20.</summary>
    [Range(1, 10_000, ErrorMessage = FromTo)]
    public int EventStreamsPerCaller { get; set; } = 20;

    /// <summary>Event streams that all callers may have open, else 503. 1 to 100,000, default 1,000.</summary>
    [Range(1, 100_000, ErrorMessage = FromTo)]
    public int EventStreams { get; set; } = 1_000;

    /// <summary>Bytes that a request's body may have. 1,024 to 100,000,000, default 1,000,000.</summary>
    [Range(1_024, 100_000_000, ErrorMessage = FromTo)]
    public long MaxRequestBodyBytes { get; set; } = 1_000_000;

    /// <summary>Memory for small pages of candles as they were answered, bytes. 0 (none) to 1,000,000,000, default 32,000,000.</summary>
    [Range(0, 1_000_000_000, ErrorMessage = FromTo)]
    public long PageCacheBytes { get; set; } = 32_000_000;

    /// <summary>When reads go to a replica.</summary>
    [ValidateObjectMembers]
    public ReadReplicaOptions ReadReplica { get; set; } = new();

    /// <summary>Other origins whose pages may call this API in a browser. Default none.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        CorsOrigins.Where(origin => !IsOrigin(origin)).Select(origin => new ValidationResult(
            $"must hold origins such as https://charts.example.com, and holds '{origin}'.", [nameof(CorsOrigins)]));

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
        && text.Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
