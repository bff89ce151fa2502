using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Requests;
using Airliner.Users.V1;
using Grpc.AspNetCore.HealthChecks;

namespace Airliner.Users.Gateway;

/// <summary>The gateway of User Management.</summary>
public static class UsersGateway
{
    /// <summary>Makes the gateway, ready to run.</summary>
    /// <param name="cluster">A cluster client that is in this process already; null to connect one.</param>
    public static WebApplication Create(string[] args, IClusterClient? cluster = null)
    {
        var builder = GatewayDefaults.CreateGateway(args, ServiceNames.Users, restPort: 5001, grpcPort: 9091, cluster);
        builder.Services.AddServiceProbe<IUsersProbe>();
        builder.Services.AddStoredAnswers<IUsersStoredAnswerGrain>();
        builder.Services.AddSingleton(provider => new IdAllocator<IUserIdBlocks>(provider.GetRequiredService<GrainCalls>(), "users"));
        builder.Services.Configure<GrpcHealthChecksOptions>(health => health.Services.Map(UserValidation.Descriptor.FullName, _ => true));
        var app = builder.Build();
        app.UseGatewayDefaults(ServiceNames.Users);
        app.UseCallOrigin();
        app.MapUsers();
        app.MapAudit<IUserAuditGrain>();
        app.MapGrpcService<UserValidationService>();
        return app;
    }
}
