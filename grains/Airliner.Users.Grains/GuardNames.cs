using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Auth;

namespace Airliner.Users.Grains;

/// <summary>What the login guard calls names and addresses: keyed hashes, so that its table tells nobody what was typed, and from where.</summary>
internal sealed class GuardNames(byte[] key)
{
    /// <summary>The guard of a name or id that nobody has.</summary>
    public string GuardOf(string unknown) => LoginGuardKeys.OfName(Hash($"name\n{unknown.ToLowerInvariant()}"));

    /// <summary>An address, as the guard of this key knows it.</summary>
    public string SourceOf(string guard, string address) => Hash($"source\n{guard}\n{SourceNetwork.Of(address)}");

    private string Hash(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)).AsSpan(..16));
}
