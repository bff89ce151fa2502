using Airliner.Auth.V1;
using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Health;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Requests;
using Grpc.AspNetCore.HealthChecks;

namespace Airliner.Auth.Gateway;

/// <summary>The gateway of Token Management.</summary>
public static class AuthGateway
{
    /// <summary>Makes the gateway, ready to run.</summary>
    /// <param name="cluster">A cluster client that is in this process already; null to connect one.</param>
    public static WebApplication Create(string[] args, IClusterClient? cluster = null)
    {
        var builder = GatewayDefaults.CreateGateway(args, ServiceNames.Auth, restPort: 5004, grpcPort: 9094, cluster);
        builder.Services.AddServiceProbe<IAuthProbe>();
        builder.Services.Configure<GrpcHealthChecksOptions>(health => health.Services.Map(TokenValidation.Descriptor.FullName, _ => true));
        builder.Services.AddStoredAnswers<IAuthStoredAnswerGrain>();
        builder.AddDashboardWhereEnabled();
        var app = builder.Build();
        app.UseGatewayDefaults(ServiceNames.Auth);
        app.UseCallOrigin();
        app.MapLogins();
        app.MapSessions();
        app.MapOAuth();
        app.MapClients();
        app.MapAudit<IAuthAuditGrain>();
        app.MapCluster();
        app.MapDashboardWhereEnabled();
        app.MapGrpcService<TokenValidationService>();
        return app;
    }
}
