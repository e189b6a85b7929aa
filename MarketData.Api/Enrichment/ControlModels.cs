using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>What to enrich, in the query string; the body says the same and more.</summary>
public sealed record TriggerQuery(
    [property: FromQuery(Name = "symbols"), Description("A symbol, in any case; repeat it for more.")] Symbol[]? Symbols,
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("Only symbols of this class.")] string? AssetClass,
    [property: FromQuery(Name = "timeframes"), Timeframe, Description("An interval; repeat it for more.")] string[]? Timeframes,
    [property: FromHeader(Name = "Idempotency-Key")]
    [property: RegularExpression("^[!-~]{0,200}$", ErrorMessage = "must be at most 200 visible ASCII characters without spaces.")]
    [property: Description("A name for this request, chosen by the caller: within 24 hours a repetition changes nothing and gets the first one's answer.")]
    string? IdempotencyKey);
