using MarketData.Testing;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(PostgresServer))]

// Each test has a database of its own.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
