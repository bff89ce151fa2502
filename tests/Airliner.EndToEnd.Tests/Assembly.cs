using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;
using Xunit.Sdk;
using Xunit.v3;

// Each test has many processes of its own: two at a time would measure the machine.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(Reaper))]
