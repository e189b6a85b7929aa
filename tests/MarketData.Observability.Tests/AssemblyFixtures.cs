using MarketData.Observability.Tests.Running;
using MarketData.Testing;

[assembly: AssemblyFixture(typeof(ObservedSystem))]
[assembly: AssemblyFixture(typeof(PostgresServer))]
