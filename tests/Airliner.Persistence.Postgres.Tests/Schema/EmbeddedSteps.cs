using System.Reflection;
using System.Text;
using Airliner.Persistence.Postgres.Schema;

namespace Airliner.Persistence.Postgres.Tests.Schema;

/// <summary>An assembly that embeds what a test says, so that a step's two versions stand side by side in it.</summary>
internal sealed class EmbeddedSteps(params (string Name, string Sql)[] steps) : Assembly
{
    public static MigrationSource Source(string name, params (string Name, string Sql)[] steps) => new(name, new EmbeddedSteps(steps), "Steps.");

    public override string[] GetManifestResourceNames() => [.. steps.Select(step => "Steps." + step.Name)];

    public override Stream GetManifestResourceStream(string name) =>
        new MemoryStream(Encoding.UTF8.GetBytes(steps.Single(step => "Steps." + step.Name == name).Sql));

    public override AssemblyName GetName() => new("EmbeddedSteps");
}
