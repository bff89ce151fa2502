using Airliner.Artifacts;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Outbound;

namespace Airliner.Tasks.Gateway;

/// <summary>The gateway of Task Processing.</summary>
public static class TasksGateway
{
    private const string Service = "taskprocessing";

    /// <summary>Makes the gateway, ready to run.</summary>
    /// <param name="cluster">A cluster client that is in this process already; null to connect one.</param>
    public static WebApplication Create(string[] args, IClusterClient? cluster = null)
    {
        var builder = GatewayDefaults.CreateGateway(args, Service, restPort: 5002, grpcPort: 9092, cluster);
        builder.Services.AddServiceProbe<ITasksProbe>();
        builder.Services.AddStoredAnswers<ITasksStoredAnswerGrain>();
        builder.Services.AddArtifacts(builder.Configuration);
        builder.Services.AddSingleton<TaskIds>();
        builder.Services.AddOutbound(builder.Configuration);
        var app = builder.Build();
        app.UseGatewayDefaults(Service);
        app.MapTasks();
        app.MapFiles();
        app.MapWebhooks();
        return app;
    }
}
