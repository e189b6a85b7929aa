using MarketData.Observability.Tests.Running;

[assembly: AssemblyFixture(typeof(ObservedSystem))]
