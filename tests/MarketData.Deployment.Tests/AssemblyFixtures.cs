using MarketData.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
