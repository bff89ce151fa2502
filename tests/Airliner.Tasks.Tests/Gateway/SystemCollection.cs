using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>Tests over HTTP share one system, which the other tests of the assembly do without.</summary>
[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<RunningSystem>
{
    public const string Name = "running system";
}
