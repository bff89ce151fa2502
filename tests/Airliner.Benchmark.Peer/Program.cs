using Airliner.Benchmark.Peer;
using Npgsql;

// What one would write instead of the system: a minimal API over Npgsql, one prepared statement for a request, generated JSON serializers.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, PeerJson.Default));
var connection = new NpgsqlConnectionStringBuilder(builder.Configuration["Database"]);
// Lists are planned each time: a prepared one that fits all users walks the whole table for a user with few tasks.
await using var lists = NpgsqlDataSource.Create(connection.ConnectionString);
await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { MaxAutoPrepare = 20, AutoPrepareMinUsages = 1 });
await Schema.CreateAsync(database);
var app = builder.Build();
app.MapTasks(database, lists);
app.MapGet("/readyz", () => Results.Ok());
await app.RunAsync();
