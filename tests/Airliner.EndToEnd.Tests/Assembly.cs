using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;
using Xunit.Sdk;
using Xunit.v3;

// Tests of processes wait more than they work: two collections at a time fill two cores, more would measure the machine.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(Reaper))]
