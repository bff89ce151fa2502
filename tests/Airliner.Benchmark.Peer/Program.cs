using Airliner.Benchmark.Peer;
using Npgsql;

// What one would write instead of the system: a minimal API over Npgsql, one prepared statement for a request, generated JSON serializers.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, PeerJson.Default));
await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(builder.Configuration["Database"]) { MaxAutoPrepare = 20, AutoPrepareMinUsages = 1 });
await Schema.CreateAsync(database);
var app = builder.Build();
app.MapTasks(database);
app.MapGet("/readyz", () => Results.Ok());
await app.RunAsync();
