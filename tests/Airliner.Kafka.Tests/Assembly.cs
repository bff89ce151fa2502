using Xunit.Sdk;
using Xunit.v3;

// Brokers, groups and restarts are waited for; the machine is idle meanwhile.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 6)]
