namespace MarketData.Domain.Validation;

/// <summary>A provider's row that cannot be a candle, kept as far as it could be read; NaN where it could not.</summary>
/// <param name="Timestamp">The bar's opening instant, UTC; null when the row's time is no instant.</param>
/// <param name="Open">Open as read.</param>
/// <param name="High">High as read.</param>
/// <param name="Low">Low as read.</param>
/// <param name="Close">Close as read.</param>
/// <param name="Volume">Volume as read.</param>
/// <param name="Reason">The validation rule's id: <c>not_finite</c>, <c>off_grid</c>, or that of a part of an aggregated bar.</param>
/// <param name="Detail">One sentence for a person.</param>
public sealed record RejectedBar(
    DateTime? Timestamp, double Open, double High, double Low, double Close, double Volume, string Reason, string Detail);
