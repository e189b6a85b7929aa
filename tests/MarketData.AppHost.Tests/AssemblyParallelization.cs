using Xunit.Sdk;
using Xunit.v3;

// Each test has a directory of its own, and waits more than it works.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]
