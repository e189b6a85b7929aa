using MarketData.Testing;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(PostgresServer))]

// Many tests wait more than they work.
[assembly: Parallelization(MaxThreads = 4)]
