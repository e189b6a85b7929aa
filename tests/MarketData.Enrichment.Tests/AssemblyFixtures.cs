using MarketData.Testing;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(PostgresServer))]

// Each test has a database and a world of its own, and many wait more than they work.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 6)]
