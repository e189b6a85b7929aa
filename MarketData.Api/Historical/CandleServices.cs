using MarketData.Api.Security;

namespace MarketData.Api.Historical;

/// <summary>What answers with candles share.</summary>
/// <param name="Pages">Small pages as they were answered.</param>
/// <param name="Limits">How many large answers are given at a time.</param>
/// <param name="Space">Room for what readers of exports have not taken yet.</param>
public sealed record CandleServices(PageCache Pages, StreamLimits Limits, SpoolSpace Space);
