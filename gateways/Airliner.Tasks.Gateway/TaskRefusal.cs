using Airliner.ServiceDefaults.Problems;
using Grpc.Core;

namespace Airliner.Tasks.Gateway;

/// <summary>Why a request is refused, as REST and gRPC both say it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Field">The member that is wrong, where one is.</param>
internal sealed record TaskRefusal(int Status, string Detail, string? Field = null)
{
    public static TaskRefusal Invalid(string field, string message) => new(StatusCodes.Status400BadRequest, message, field);

    public static TaskRefusal Forbidden(string detail) => new(StatusCodes.Status403Forbidden, detail);

    public static TaskRefusal NotFound(long taskId) => new(StatusCodes.Status404NotFound, $"There is no task {taskId}.");

    public static TaskRefusal Conflict(string detail) => new(StatusCodes.Status409Conflict, detail);

    public IResult ToProblem() => Field is { } field ? Problem.Invalid(field, Detail) : Problem.Of(Status, Detail);

    public RpcException ToRpc() => Field is { } field ? TaskMessageRules.Invalid([(field, Detail)]) : new(new Status(
        Status switch
        {
            StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
            StatusCodes.Status404NotFound => StatusCode.NotFound,
            _ => StatusCode.FailedPrecondition,
        },
        Detail));
}

/// <summary>What was asked for, or why it is refused.</summary>
internal readonly record struct Reply<T>(T? Value, TaskRefusal? Refusal)
    where T : class
{
    public static implicit operator Reply<T>(T value) => new(value, null);

    public static implicit operator Reply<T>(TaskRefusal refusal) => new(null, refusal);

    /// <summary>The answer over REST.</summary>
    public IResult Answer(Func<T, IResult> answer) => Refusal is { } refusal ? refusal.ToProblem() : answer(Value!);

    /// <summary>The value, over gRPC.</summary>
    public T OrThrow() => Refusal is { } refusal ? throw refusal.ToRpc() : Value!;
}
