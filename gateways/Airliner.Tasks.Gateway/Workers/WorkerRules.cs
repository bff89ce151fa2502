using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.V1;
using Grpc.Core;

namespace Airliner.Tasks.Gateway.Workers;

/// <summary>What a worker's messages must fulfil. What breaks a rule begins with the field's name.</summary>
internal static partial class WorkerRules
{
    private const int MostTypes = 50;
    private const int MostTasks = 1000;

    /// <summary>Of one message: who holds more sends several heartbeats.</summary>
    private const int MostLeases = 10_000;

    /// <summary>Checks the first message.</summary>
    /// <exception cref="RpcException"><c>INVALID_ARGUMENT</c>.</exception>
    public static void Check(Register? register)
    {
        if (register is null)
            throw Invalid("register: must be the first message.");
        if (!WorkerId().IsMatch(register.WorkerId))
            throw Invalid("worker_id: must be 1 to 100 letters, digits, '.', '_' and '-'.");
        if (register.Types_.Count is 0 or > MostTypes)
            throw Invalid($"types: must be 1 to {MostTypes}.");
        foreach (var type in register.Types_)
        {
            if (!TaskTypeNames.AreLike(type.Type))
                throw Invalid($"types.type: must be {TaskTypeNames.Rule}.");
            if (type.Capacity is < 1 or > MostTasks)
                throw Invalid($"types.capacity: must be from 1 to {MostTasks}; that of {type.Type} is {type.Capacity}.");
        }

        if (register.Types_.Select(type => type.Type).Distinct(StringComparer.Ordinal).Count() < register.Types_.Count)
            throw Invalid("types: must name each type once.");
        if (register.Held.Count > ConnectWorker.MostHeld)
            throw Invalid($"held: may name at most {ConnectWorker.MostHeld} leases.");
    }

    /// <summary>What is wrong with a message about leases; null where nothing is.</summary>
    public static string? Error(WorkerMessage message) => message.MessageCase switch
    {
        WorkerMessage.MessageOneofCase.None => "message: is missing, or of a kind that is not known here.",
        WorkerMessage.MessageOneofCase.Register => "register: can be the first message only.",
        WorkerMessage.MessageOneofCase.Heartbeat when message.Heartbeat.Leases.Count > MostLeases => $"leases: may be at most {MostLeases}.",
        WorkerMessage.MessageOneofCase.Progress when message.Progress.Percent is < 0 or > 100 => $"percent: must be from 0 to 100; it is {message.Progress.Percent}.",
        WorkerMessage.MessageOneofCase.Complete when !IsJson(message.Complete.Result) => "result: must be JSON, nested at most 64 deep.",
        WorkerMessage.MessageOneofCase.Fail when message.Fail.Message.Length == 0 => "message: must say why the attempt failed.",
        _ => null,
    };

    /// <summary>The one lease that a message is about; null of one about none or many.</summary>
    public static LeaseKey? LeaseOf(WorkerMessage message) => message.MessageCase switch
    {
        WorkerMessage.MessageOneofCase.Progress => message.Progress.Lease,
        WorkerMessage.MessageOneofCase.Complete => message.Complete.Lease,
        WorkerMessage.MessageOneofCase.Fail => message.Fail.Lease,
        WorkerMessage.MessageOneofCase.HandBack => message.HandBack.Lease,
        _ => null,
    };

    private static bool IsJson(string result)
    {
        if (result.Length == 0)
            return true;
        try
        {
            using var parsed = JsonDocument.Parse(result);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex WorkerId();
}
