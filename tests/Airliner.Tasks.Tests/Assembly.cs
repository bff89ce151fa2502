using Airliner.Testing;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Silos, leases and clocks are waited for; two collections at a time leave the machine idle for half of it.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 4)]
[assembly: AssemblyFixture(typeof(PostgresServer))]
