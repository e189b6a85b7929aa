using MarketData.Testing;

[assembly: AssemblyFixture(typeof(ChromiumFixture))]
