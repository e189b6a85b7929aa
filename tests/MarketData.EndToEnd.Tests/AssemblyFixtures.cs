using MarketData.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(SystemFixture))]
[assembly: AssemblyFixture(typeof(ChromiumFixture))]
