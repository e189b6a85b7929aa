using MarketData.Web.Tests.Browser;

[assembly: AssemblyFixture(typeof(ChromiumFixture))]
