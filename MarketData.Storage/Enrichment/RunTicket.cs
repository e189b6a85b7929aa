namespace MarketData.Storage.Enrichment;

/// <summary>The answer to a <see cref="RunRequest"/>: everything in it is on disk when it is returned.</summary>
/// <param name="JobId">
/// The run: the new one when anything was queued, else the one that the first symbol is already part of; null when no active symbol
/// matched the request.
/// </param>
/// <param name="Status">The state of that run: <c>queued</c> when it is new; null when there is none.</param>
/// <param name="Queued">Symbols queued by this request, in alphabetical order.</param>
/// <param name="AlreadyRunning">Symbols that were queued or running already and were joined, in alphabetical order.</param>
public sealed record RunTicket(Guid? JobId, string? Status, IReadOnlyList<string> Queued, IReadOnlyList<string> AlreadyRunning);
