using Airliner.Benchmark.Hangfire;
using Hangfire;
using Hangfire.PostgreSql;

// The usual way to run jobs on PostgreSQL: Hangfire as its documentation sets it up, but told of new jobs, polling as often as
// it allows instead of each 15 seconds, and with the 20 workers that it starts at most.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<JobRun>();
builder.Services.AddHangfire(hangfire => hangfire
    .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
    .UseSimpleAssemblyNameTypeSerializer()
    .UseRecommendedSerializerSettings()
    .UsePostgreSqlStorage(
        storage => storage.UseNpgsqlConnection(builder.Configuration["Database"]),
        new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(50), EnableLongPolling = true }));
builder.Services.AddHangfireServer(server => server.WorkerCount = 20);
var app = builder.Build();
app.MapPost("/jobs", (int count, int callers, JobRun run, CancellationToken cancellation) => run.RunAsync(count, callers, cancellation));
app.MapGet("/readyz", () => Results.Ok());
await app.RunAsync();
