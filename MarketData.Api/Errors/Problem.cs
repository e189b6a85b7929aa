namespace MarketData.Api.Errors;

/// <summary>An error, as RFC 9457 has it.</summary>
public sealed record Problem
{
    /// <summary>What kind of error it is; <c>about:blank</c> or a URI that clients can compare.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of error in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What went wrong this time.</summary>
    public string? Detail { get; init; }

    /// <summary>The path that was asked for.</summary>
    public required string Instance { get; init; }

    /// <summary>The request's trace, to find it in logs and traces.</summary>
    public required string TraceId { get; init; }

    /// <summary>What is wrong with each field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
