using MarketData.EndToEnd.Tests;
using MarketData.Testing;

[assembly: AssemblyFixture(typeof(SystemFixture))]
[assembly: AssemblyFixture(typeof(ChromiumFixture))]
