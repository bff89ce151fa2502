using Airliner.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(RunningSystem))]
