namespace MarketData.Api.Errors;

/// <summary>An error, as RFC 9457 has it.</summary>
/// <param name="Type">What kind of error it is: an address, relative to this service, that describes it.</param>
/// <param name="Code">The kind of error, to be compared by clients; each is described at <c>/problems</c>.</param>
/// <param name="Title">The kind of error in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Instance">The path that was asked for.</param>
/// <param name="TraceId">The request's trace, to find it in logs and traces.</param>
/// <param name="Detail">What went wrong this time.</param>
/// <param name="Errors">What is wrong with each field.</param>
public sealed record Problem(
    string Type, string Code, string Title, int Status, string Instance, string TraceId, string? Detail = null,
    IReadOnlyDictionary<string, string[]>? Errors = null);
