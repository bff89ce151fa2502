using System.Security.Cryptography;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Names commands, so that a repeat is recognised.</summary>
public static class CommandIds
{
    /// <summary>A random id of 128 bits.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
