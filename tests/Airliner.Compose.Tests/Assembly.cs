using Airliner.Compose.Tests.Engine;
using Xunit.Sdk;
using Xunit.v3;

// There is one composed system, and each test does something to all of it.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(ComposedSystem))]
