using Grpc.Core;

namespace Airliner.Gateways.Tests;

/// <summary>What a gRPC method answers to whom.</summary>
/// <param name="Gateway">0 users, 1 tasks, 2 notifications, 3 auth.</param>
/// <param name="Method">Service and method.</param>
/// <param name="Statuses">The answer to each <see cref="CallerKind"/>, in their order.</param>
internal sealed record GrpcRow(int Gateway, string Method, StatusCode[] Statuses);

/// <summary>Every gRPC method. The request is an empty message, so <c>InvalidArgument</c> stands for "may, if the message were right".</summary>
internal static class GrpcMatrix
{
    private static readonly StatusCode[] _public = [StatusCode.OK, StatusCode.OK, StatusCode.OK, StatusCode.OK, StatusCode.OK];

    public static IReadOnlyList<GrpcRow> Rows { get; } =
    [
        .. Enumerable.Range(0, 4).SelectMany(gateway => new GrpcRow[]
        {
            new(gateway, "grpc.health.v1.Health/Check", _public),
            new(gateway, "grpc.health.v1.Health/Watch", _public),
            new(gateway, "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", _public),
            new(gateway, "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", _public),
        }),
        new(0, "airliner.users.v1.UserValidation/ValidateCredentials", Machines(StatusCode.InvalidArgument)),
        new(0, "airliner.users.v1.UserValidation/GetUser", Machines(StatusCode.InvalidArgument)),
        new(1, "airliner.tasks.v1.Tasks/Create", Anybody(StatusCode.OK, machines: StatusCode.InvalidArgument)),
        new(1, "airliner.tasks.v1.Tasks/Get", Anybody(StatusCode.InvalidArgument)),
        new(1, "airliner.tasks.v1.Tasks/List", Anybody(StatusCode.OK, machines: StatusCode.PermissionDenied)),
        new(1, "airliner.tasks.v1.Tasks/Cancel", Anybody(StatusCode.InvalidArgument)),
        new(1, "airliner.tasks.v1.Tasks/Watch", Anybody(StatusCode.InvalidArgument)),
        new(1, "airliner.tasks.v1.TaskWorker/Work", Machines(StatusCode.InvalidArgument)),
        new(3, "airliner.auth.v1.TokenValidation/ValidateToken", Machines(StatusCode.OK)),
        new(3, "airliner.auth.v1.TokenValidation/ValidateTokens", Machines(StatusCode.OK)),
    ];

    private static StatusCode[] Anybody(StatusCode answer, StatusCode? machines = null) => [StatusCode.Unauthenticated, answer, answer, answer, machines ?? answer];

    private static StatusCode[] Machines(StatusCode answer) =>
        [StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.PermissionDenied, StatusCode.PermissionDenied, answer];
}
