namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>Tests that change what all others see: the queue, the symbols, the scheduler, a provider. They run one after the other when the others are done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Acting
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Acting on the whole system";
}
