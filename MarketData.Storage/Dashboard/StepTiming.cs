namespace MarketData.Storage.Dashboard;

/// <summary>How long one step of an attempt took.</summary>
/// <param name="Step"><c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</param>
/// <param name="Timeframe">The interval that it worked on.</param>
/// <param name="Ms">Milliseconds.</param>
public sealed record StepTiming(string Step, string? Timeframe, double Ms);
