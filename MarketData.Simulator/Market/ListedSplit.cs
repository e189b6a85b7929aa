namespace MarketData.Simulator.Market;

/// <summary>A share split: from the opening of <paramref name="Date"/> on, <paramref name="To"/> shares stand for <paramref name="From"/> before.</summary>
internal readonly record struct ListedSplit(DateOnly Date, int From, int To)
{
    /// <summary>By how much the number of shares grows and the price falls.</summary>
    public double Ratio => (double)To / From;
}
