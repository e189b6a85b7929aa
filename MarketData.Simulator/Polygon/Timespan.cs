namespace MarketData.Simulator.Polygon;

/// <summary>Polygon's units of a bar's length.</summary>
internal enum Timespan
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}
