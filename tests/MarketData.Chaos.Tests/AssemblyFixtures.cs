using MarketData.Chaos.Tests;

[assembly: AssemblyFixture(typeof(FaultFreeRun))]
