using Airliner.Artifacts;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Outbound;
using Airliner.ServiceDefaults.Security;
using Airliner.Tasks.Gateway.Workers;
using Airliner.Tasks.V1;
using Grpc.AspNetCore.HealthChecks;
using Microsoft.AspNetCore.OpenApi;

namespace Airliner.Tasks.Gateway;

/// <summary>The gateway of Task Processing.</summary>
public static class TasksGateway
{
    /// <summary>Makes the gateway, ready to run.</summary>
    /// <param name="cluster">A cluster client that is in this process already; null to connect one.</param>
    public static WebApplication Create(string[] args, IClusterClient? cluster = null)
    {
        var builder = GatewayDefaults.CreateGateway(args, ServiceNames.Tasks, restPort: 5002, grpcPort: 9092, cluster);
        builder.Services.AddServiceProbe<ITasksProbe>();
        builder.Services.AddStoredAnswers<ITasksStoredAnswerGrain>();
        builder.Services.AddArtifacts(builder.Configuration);
        builder.Services.Configure<OpenApiOptions>("v1", document => document.AddSchemaTransformer(TaskBatchBody.DescribeItems));
        builder.Services.AddSingleton<TaskIds>();
        builder.Services.AddOutbound(builder.Configuration);
        builder.Services.AddSingleton<TaskCommands>();
        builder.Services.AddSingleton<TaskRequests>();
        builder.Services.Configure<GrpcHealthChecksOptions>(health => health.Services.Map(V1.Tasks.Descriptor.FullName, _ => true));
        builder.Services.AddSingleton<RegisteredTypes>();
        builder.Services.AddAuthorizationBuilder().AddPolicy(Scopes.TasksWork, policy => policy.RequireScope(Scopes.TasksWork));
        builder.Services.Configure<GrpcHealthChecksOptions>(health => health.Services.Map(TaskWorker.Descriptor.FullName, _ => true));
        var app = builder.Build();
        app.UseGatewayDefaults(ServiceNames.Tasks);
        app.MapTasks();
        app.MapTaskBatches();
        app.MapRetries();
        app.MapSchedules();
        app.MapFiles();
        app.MapWebhooks();
        app.MapTaskEvents();
        app.MapGrpcService<TasksService>();
        app.MapQueues();
        app.MapGrpcService<TaskWorkerService>();
        return app;
    }
}
