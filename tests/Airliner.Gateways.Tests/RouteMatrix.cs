namespace Airliner.Gateways.Tests;

/// <summary>Who calls.</summary>
internal enum CallerKind
{
    Anonymous,
    User,
    Operator,
    Admin,
    Service,
}

/// <summary>What a route answers to whom.</summary>
/// <param name="Gateway">0 users, 1 tasks, 2 notifications, 3 auth.</param>
/// <param name="Route">Method and pattern as the route table has them.</param>
/// <param name="Path">What is asked for; <c>{other}</c> is a user who is none of the callers.</param>
/// <param name="Statuses">The answer to each <see cref="CallerKind"/>, in their order.</param>
internal sealed record RouteRow(int Gateway, string Route, string Path, int[] Statuses);

/// <summary>
/// The whole surface. A body, where a method has one, is an empty JSON object, so 400 stands for "may, if the body were right", and 404 for an id that nobody has.
/// </summary>
internal static class RouteMatrix
{
    private static readonly int[] _public = [200, 200, 200, 200, 200];
    private static readonly int[] _publicBody = [400, 400, 400, 400, 400];
    private static readonly int[] _machines = [401, 403, 403, 403, 200];

    /// <summary>gRPC says what is wrong in a trailer.</summary>
    private static readonly int[] _authenticated = [401, 200, 200, 200, 200];

    public static IReadOnlyList<RouteRow> Rows { get; } =
    [
        .. Enumerable.Range(0, 4).SelectMany(OfEveryGateway),

        .. Prefixes.SelectMany(prefix => new RouteRow[]
        {
            new(0, $"POST {prefix}/registerUser", $"{prefix}/registerUser", _publicBody),
            new(0, $"POST {prefix}/users/register", $"{prefix}/users/register", _publicBody),
            new(0, $"GET {prefix}/users/{{id:long}}", $"{prefix}/users/{{other}}", [401, 404, 200, 200, 200]),
            new(0, $"GET {prefix}/getUser/{{id:long}}", $"{prefix}/getUser/{{other}}", [401, 404, 200, 200, 200]),
            new(0, $"GET {prefix}/users", $"{prefix}/users", [401, 403, 200, 200, 403]),
            new(0, $"PATCH {prefix}/users/{{id:long}}", $"{prefix}/users/{{other}}", [401, 404, 403, 200, 403]),
            new(0, $"PUT {prefix}/users/{{id:long}}/password", $"{prefix}/users/{{other}}/password", [401, 404, 403, 400, 403]),
            new(0, $"PUT {prefix}/users/{{id:long}}/roles", $"{prefix}/users/{{other}}/roles", [401, 403, 403, 400, 403]),
            new(0, $"PUT {prefix}/users/{{id:long}}/status", $"{prefix}/users/{{other}}/status", [401, 403, 403, 400, 403]),
            new(0, $"DELETE {prefix}/users/{{id:long}}", $"{prefix}/users/1", [401, 404, 403, 404, 403]),
            new(0, $"DELETE {prefix}/deleteUser/{{id:long}}", $"{prefix}/deleteUser/1", [401, 404, 403, 404, 403]),
            new(0, $"GET {prefix}/users/{{id:long}}/export", $"{prefix}/users/{{other}}/export", [401, 404, 200, 200, 403]),
            new(0, $"POST {prefix}/users/{{id:long}}/verifyEmail", $"{prefix}/users/{{other}}/verifyEmail", _publicBody),
            new(0, $"POST {prefix}/forgotPassword", $"{prefix}/forgotPassword", _publicBody),
            new(0, $"POST {prefix}/resetPassword", $"{prefix}/resetPassword", _publicBody),
            new(0, $"GET {prefix}/audit", $"{prefix}/audit", [401, 403, 200, 200, 403]),
            new(3, $"GET {prefix}/audit", $"{prefix}/audit", [401, 403, 200, 200, 403]),
            new(3, $"POST {prefix}/login", $"{prefix}/login", _publicBody),
            new(3, $"POST {prefix}/generateToken", $"{prefix}/generateToken", _publicBody),
            new(3, $"GET {prefix}/clients", $"{prefix}/clients", [401, 403, 200, 200, 403]),
            new(3, $"POST {prefix}/clients", $"{prefix}/clients", [401, 403, 403, 400, 403]),
            new(3, $"POST {prefix}/clients/{{id}}/secret", $"{prefix}/clients/c_nobody/secret", [401, 403, 403, 404, 403]),
            new(3, $"DELETE {prefix}/clients/{{id}}", $"{prefix}/clients/c_nobody", [401, 403, 403, 404, 403]),
            new(3, $"POST {prefix}/refreshToken", $"{prefix}/refreshToken", _publicBody),
            new(3, $"POST {prefix}/logout", $"{prefix}/logout", [401, 204, 204, 204, 403]),
            new(3, $"GET {prefix}/sessions", $"{prefix}/sessions?userId={{other}}", [401, 403, 200, 200, 403]),
            new(3, $"DELETE {prefix}/sessions/{{id}}", $"{prefix}/sessions/none", [401, 404, 404, 404, 403]),
            new(3, $"DELETE {prefix}/sessions", $"{prefix}/sessions?userId={{other}}", [401, 403, 403, 204, 403]),
        }),
        new(0, "POST /airliner.users.v1.UserValidation/ValidateCredentials", "/airliner.users.v1.UserValidation/ValidateCredentials", _machines),
        new(0, "POST /airliner.users.v1.UserValidation/GetUser", "/airliner.users.v1.UserValidation/GetUser", _machines),
        new(0, "POST airliner.users.v1.UserValidation/{unimplementedMethod:grpcunimplemented}", "/airliner.users.v1.UserValidation/None", _authenticated),

        new(1, "POST /api/v1/eventstreammonitor/tasks", "/api/v1/eventstreammonitor/tasks", [401, 201, 201, 201, 400]),
        new(1, "GET /api/v1/eventstreammonitor/tasks", "/api/v1/eventstreammonitor/tasks", [401, 200, 200, 200, 403]),
        new(1, "GET /api/v1/eventstreammonitor/tasks/{id:long}", "/api/v1/eventstreammonitor/tasks/1", [401, 404, 404, 404, 404]),
        new(1, "PUT /api/v1/eventstreammonitor/tasks/{id:long}/cancel", "/api/v1/eventstreammonitor/tasks/1/cancel", [401, 404, 404, 404, 404]),
        new(1, "GET /api/v1/eventstreammonitor/tasks/{id:long}/events", "/api/v1/eventstreammonitor/tasks/1/events", [401, 404, 404, 404, 404]),
        new(1, "PUT /api/v1/eventstreammonitor/tasks/{id:long}/retry", "/api/v1/eventstreammonitor/tasks/1/retry", [401, 404, 404, 404, 404]),
        new(1, "POST /api/v1/eventstreammonitor/tasks/retry", "/api/v1/eventstreammonitor/tasks/retry", [401, 200, 200, 200, 403]),
        new(1, "POST /api/v1/eventstreammonitor/tasks/batch", "/api/v1/eventstreammonitor/tasks/batch", [401, 400, 400, 400, 400]),
        new(1, "GET /api/v1/eventstreammonitor/tasks/groups/{id}", "/api/v1/eventstreammonitor/tasks/groups/g_none", [401, 404, 404, 404, 404]),
        new(1, "GET /api/v1/eventstreammonitor/schedules", "/api/v1/eventstreammonitor/schedules", [401, 200, 200, 200, 403]),
        new(1, "POST /api/v1/eventstreammonitor/schedules", "/api/v1/eventstreammonitor/schedules", [401, 400, 400, 400, 400]),
        new(1, "GET /api/v1/eventstreammonitor/schedules/{id:long}", "/api/v1/eventstreammonitor/schedules/1", [401, 404, 404, 404, 404]),
        new(1, "DELETE /api/v1/eventstreammonitor/schedules/{id:long}", "/api/v1/eventstreammonitor/schedules/1", [401, 404, 404, 404, 404]),
        new(1, "POST /api/v1/eventstreammonitor/files", "/api/v1/eventstreammonitor/files", [401, 201, 201, 201, 403]),
        new(1, "GET /api/v1/eventstreammonitor/files/{id:long}", "/api/v1/eventstreammonitor/files/1", [401, 404, 404, 404, 404]),
        new(1, "HEAD /api/v1/eventstreammonitor/files/{id:long}", "/api/v1/eventstreammonitor/files/1", [401, 404, 404, 404, 404]),
        new(1, "GET /api/v1/eventstreammonitor/files", "/api/v1/eventstreammonitor/files", [401, 200, 200, 200, 403]),
        new(1, "DELETE /api/v1/eventstreammonitor/files/{id:long}", "/api/v1/eventstreammonitor/files/1", [401, 404, 404, 404, 404]),
        new(1, "GET /api/v1/eventstreammonitor/webhooks", "/api/v1/eventstreammonitor/webhooks", [401, 200, 200, 200, 403]),
        new(1, "POST /api/v1/eventstreammonitor/webhooks", "/api/v1/eventstreammonitor/webhooks", [401, 400, 400, 400, 403]),
        new(1, "DELETE /api/v1/eventstreammonitor/webhooks/{id}", "/api/v1/eventstreammonitor/webhooks/wh_nobody", [401, 404, 404, 404, 403]),
        new(1, "POST /airliner.tasks.v1.TaskWorker/Work", "/airliner.tasks.v1.TaskWorker/Work", _machines),
        new(1, "POST airliner.tasks.v1.TaskWorker/{unimplementedMethod:grpcunimplemented}", "/airliner.tasks.v1.TaskWorker/None", _authenticated),
        new(1, "POST /airliner.tasks.v1.Tasks/Create", "/airliner.tasks.v1.Tasks/Create", _authenticated),
        new(1, "POST /airliner.tasks.v1.Tasks/Get", "/airliner.tasks.v1.Tasks/Get", _authenticated),
        new(1, "POST /airliner.tasks.v1.Tasks/List", "/airliner.tasks.v1.Tasks/List", [401, 200, 200, 200, 403]),
        new(1, "POST /airliner.tasks.v1.Tasks/Cancel", "/airliner.tasks.v1.Tasks/Cancel", _authenticated),
        new(1, "POST /airliner.tasks.v1.Tasks/Watch", "/airliner.tasks.v1.Tasks/Watch", _authenticated),
        new(1, "POST airliner.tasks.v1.Tasks/{unimplementedMethod:grpcunimplemented}", "/airliner.tasks.v1.Tasks/None", _authenticated),
        new(1, "GET /api/v1/eventstreammonitor/queues", "/api/v1/eventstreammonitor/queues", [401, 403, 200, 200, 403]),

        new(2, "GET /api/v1/airliner/notifications", "/api/v1/airliner/notifications", [401, 200, 200, 200, 403]),
        new(2, "GET /api/v1/airliner/notifications/{id:long}", "/api/v1/airliner/notifications/1", [401, 404, 404, 404, 404]),
        new(2, "GET /api/v1/airliner/users/{id:long}/preferences", "/api/v1/airliner/users/{other}/preferences", [401, 404, 200, 200, 403]),
        new(2, "PUT /api/v1/airliner/users/{id:long}/preferences", "/api/v1/airliner/users/{other}/preferences", [401, 404, 403, 200, 403]),
        new(2, "POST /api/v1/airliner/unsubscribe", "/api/v1/airliner/unsubscribe?token=none", _publicBody),
        new(2, "GET /api/v1/airliner/unsubscribe", "/api/v1/airliner/unsubscribe?token=none", _publicBody),
        new(2, "POST /api/v1/airliner/notifications/{id:long}/redrive", "/api/v1/airliner/notifications/1/redrive", [401, 403, 404, 404, 403]),
        // One user's alone: what others have failed at is for the tests that run meanwhile.
        new(2, "POST /api/v1/airliner/notifications/redrive", "/api/v1/airliner/notifications/redrive?userId={other}", [401, 403, 202, 202, 403]),
        new(2, "POST /api/v1/airliner/bounces/{provider}", "/api/v1/airliner/bounces/nobody", [404, 404, 404, 404, 404]),
        new(2, "POST /api/v1/airliner/templates/preview", "/api/v1/airliner/templates/preview", [401, 403, 403, 400, 403]),
        new(2, "PUT /api/v1/airliner/notifications/{id:long}/read", "/api/v1/airliner/notifications/1/read", [401, 404, 404, 404, 403]),
        new(2, "GET /api/v1/airliner/notifications/unread", "/api/v1/airliner/notifications/unread", [401, 200, 200, 200, 403]),
        new(2, "GET /api/v1/airliner/notifications/stream", "/api/v1/airliner/notifications/stream", [401, 200, 200, 200, 403]),
        new(2, "GET /api/v1/airliner/push/key", "/api/v1/airliner/push/key", [401, 200, 200, 200, 200]),
        new(2, "GET /api/v1/airliner/push/subscriptions", "/api/v1/airliner/push/subscriptions", [401, 200, 200, 200, 403]),
        new(2, "POST /api/v1/airliner/push/subscriptions", "/api/v1/airliner/push/subscriptions", [401, 400, 400, 400, 403]),
        new(2, "DELETE /api/v1/airliner/push/subscriptions/{id}", "/api/v1/airliner/push/subscriptions/ps_nobody", [401, 404, 404, 404, 403]),

        new(3, "POST /api/v1/eventstreammonitor/auth/login", "/api/v1/eventstreammonitor/auth/login", _publicBody),
        new(3, "POST /api/v1/eventstreammonitor/auth/generateToken", "/api/v1/eventstreammonitor/auth/generateToken", _publicBody),
        new(3, "GET /cluster", "/cluster", [401, 403, 200, 200, 403]),
        new(3, "POST /oauth2/token", "/oauth2/token", _publicBody),
        new(3, "POST /oauth2/introspect", "/oauth2/introspect", _publicBody),
        new(3, "POST /oauth2/revoke", "/oauth2/revoke", _publicBody),
        new(3, "GET /.well-known/jwks.json", "/.well-known/jwks.json", _public),
        new(3, "GET /.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server", _public),
        new(3, "POST /airliner.auth.v1.TokenValidation/ValidateToken", "/airliner.auth.v1.TokenValidation/ValidateToken", _machines),
        new(3, "POST /airliner.auth.v1.TokenValidation/ValidateTokens", "/airliner.auth.v1.TokenValidation/ValidateTokens", _machines),
        new(3, "POST airliner.auth.v1.TokenValidation/{unimplementedMethod:grpcunimplemented}", "/airliner.auth.v1.TokenValidation/None", _authenticated),
    ];

    private static string[] Prefixes => ["/api/v1/airliner", "/api/v1/eventstreammonitor"];

    private static RouteRow[] OfEveryGateway(int gateway) =>
    [
        new(gateway, "GET /health", "/health", _public),
        new(gateway, "GET /readyz", "/readyz", _public),
        new(gateway, "GET /livez", "/livez", _public),
        new(gateway, "GET /metrics", "/metrics", _public),
        new(gateway, "GET /openapi/{documentName}.json", "/openapi/v1.json", _public),
        new(gateway, "GET /docs/{documentName?}", "/docs/", _public),
        new(gateway, "GET /docs/favicon.svg", "/docs/favicon.svg", _public),
        new(gateway, "GET /docs/scalar.js", "/docs/scalar.js", _public),
        new(gateway, "GET /docs/scalar.aspnetcore.js", "/docs/scalar.aspnetcore.js", _public),
        new(gateway, "POST /grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Check", _public),
        new(gateway, "POST /grpc.health.v1.Health/Watch", "/grpc.health.v1.Health/Watch", _public),
        new(gateway, "POST grpc.health.v1.Health/{unimplementedMethod:grpcunimplemented}", "/grpc.health.v1.Health/None", _public),
        new(gateway, "POST /grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", _public),
        new(gateway, "POST /grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", _public),
        new(gateway, "POST grpc.reflection.v1alpha.ServerReflection/{unimplementedMethod:grpcunimplemented}", "/grpc.reflection.v1alpha.ServerReflection/None", _public),
        new(gateway, "POST grpc.reflection.v1.ServerReflection/{unimplementedMethod:grpcunimplemented}", "/grpc.reflection.v1.ServerReflection/None", _public),
        new(gateway, "POST {unimplementedService}/{unimplementedMethod:grpcunimplemented}", "/no.such.Service/None", _public),
    ];
}
