namespace Airliner.ServiceDefaults.Outbound;

/// <summary>The rule on addresses that users give refuses where a name leads. A handler of HTTP wraps it.</summary>
public sealed class AddressRefusedException(string message) : Exception(message)
{
    /// <summary>The refusal among an exception and what caused it, null where there is none.</summary>
    public static AddressRefusedException? In(Exception? error)
    {
        while (error is not null and not AddressRefusedException)
            error = error.InnerException;
        return (AddressRefusedException?)error;
    }
}
