namespace MarketData.Storage.Enrichment;

/// <summary>Two providers' bars of one day, compared.</summary>
/// <param name="Day">The session's date, UTC's for crypto.</param>
/// <param name="Provider">The provider whose name comes first in the alphabet.</param>
/// <param name="OtherProvider">The other one.</param>
/// <param name="BarsCompared">Bars that both have.</param>
/// <param name="BarsDiffering">Those whose closes lie further apart than providers may differ.</param>
/// <param name="MaxDifference">The largest difference of two closes, as a share of their mean; null when no bar was compared.</param>
/// <param name="MeanDifference">The mean of these differences.</param>
/// <param name="OnlyProvider">Bars that the other lacks.</param>
/// <param name="OnlyOther">Bars that the other alone has.</param>
public sealed record CrossCheckDay(
    DateOnly Day, string Provider, string OtherProvider, int BarsCompared, int BarsDiffering, double? MaxDifference, double? MeanDifference,
    int OnlyProvider, int OnlyOther);
