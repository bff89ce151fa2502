using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>
/// Tokens that are nearly good, each shown to every gateway. Where a forgery needs our private key it has it, so that nothing but the one difference can be what it
/// is refused for.
/// </summary>
public sealed class ForgedTokenTests(RunningSystem system)
{
    private static readonly string[] _paths =
        ["/api/v1/airliner/users/1000", "/api/v1/eventstreammonitor/tasks", "/api/v1/airliner/notifications", "/api/v1/airliner/sessions"];

    public static TheoryData<string> Algorithms { get; } = ["none", "None", "NONE", "nOnE", "HS256", "HS384", "RS256", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256", ""];

    public static TheoryData<string, string> Headers { get; } = new()
    {
        { "typ", "\"JWT\"" }, { "typ", "\"jwt\"" }, { "typ", "\"at+JWT\"" }, { "typ", "null" }, { "kid", "\"another\"" }, { "kid", "\"\"" }, { "kid", "1" }, { "kid", "[\"a\"]" },
        { "kid", "\"../../../../dev/null\"" }, { "alg", "[\"ES256\"]" }, { "crit", "[\"exp\"]" }, { "crit", "[]" }, { "b64", "false" }, { "zip", "\"DEF\"" }, { "cty", "\"JWT\"" },
        { "jku", "\"https://forger.example/jwks.json\"" }, { "x5u", "\"https://forger.example/chain.pem\"" }, { "x5t", "\"c2hh\"" },
    };

    public static TheoryData<string, string?> Claims { get; } = new()
    {
        { "iss", "\"http://elsewhere\"" }, { "iss", "\"{issuer}/\"" }, { "iss", null }, { "aud", "\"elsewhere\"" }, { "aud", "[\"airliner\"]" }, { "aud", "[\"airliner\",\"elsewhere\"]" },
        { "aud", null }, { "exp", null }, { "exp", "{past}" }, { "exp", "\"{future}\"" }, { "exp", "-1" }, { "exp", "0" }, { "exp", "1e300" }, { "exp", "99999999999999999999" },
        { "nbf", "{future}" }, { "nbf", "\"soon\"" }, { "iat", null }, { "sub", null }, { "sub", "\"ada\"" }, { "sub", "1000" }, { "sub", "\"-1\"" }, { "sid", null }, { "sid", "\"\"" },
        { "jti", null }, { "client_id", null }, { "client_id", "\"c_other\"" }, { "roles", null }, { "roles", "\"admin\"" }, { "roles", "[\"service\"]" }, { "roles", "[\"user\",\"service\"]" },
        { "roles", "{\"admin\":true}" },
    };

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Another_algorithm_is_refused_whatever_the_signature(string algorithm)
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();
        header["alg"] = algorithm;
        // With our signature, with none, and with hashes under what a confused verifier would take for the secret.
        byte[][] secrets = [ours.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(ours.ExportSubjectPublicKeyInfoPem()), [], [0]];

        await RefusedAsync(
            [
                Jwt.Sign(header, payload, Jwt.Es256(ours)),
                Jwt.Sign(header, payload, _ => []),
                Jwt.Sign(header, payload, _ => [])[..^1],
                .. secrets.Select(secret => Jwt.Sign(header, payload, data => HMACSHA256.HashData(secret, data))),
            ]);
    }

    [Fact]
    public async Task Another_key_is_refused_under_our_keys_id_and_under_its_own()
    {
        var (header, payload) = await PartsAsync();
        using var theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var tokens = new List<string>
        {
            Jwt.Sign(header, payload, Jwt.Es256(theirs)),
            Jwt.Sign(header, payload, Jwt.Es256(larger)),
            Jwt.Sign(header, payload, data => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
        };

        // And with the key itself, or where to find it, in the header.
        var point = theirs.ExportParameters(includePrivateParameters: false).Q;
        header["kid"] = "theirs";
        tokens.Add(Jwt.Sign(header, payload, Jwt.Es256(theirs)));
        header["jwk"] = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = "theirs",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
        tokens.Add(Jwt.Sign(header, payload, Jwt.Es256(theirs)));
        header.Remove("jwk");
        header["x5c"] = new JsonArray(Convert.ToBase64String(theirs.ExportSubjectPublicKeyInfo()));
        tokens.Add(Jwt.Sign(header, payload, Jwt.Es256(theirs)));

        await RefusedAsync(tokens);
    }

    [Fact]
    public async Task A_signature_that_is_none_is_refused()
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();
        // CVE-2022-21449: zeros are a signature of everything to who does not look; so are values at the order of the curve.
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        byte[][] signatures = [new byte[64], [.. new byte[32], .. order], [.. order, .. new byte[32]], [.. order, .. order], new byte[63], new byte[65], [0x30, 6, 2, 1, 0, 2, 1, 0]];

        await RefusedAsync(
            [
                .. signatures.Select(signature => Jwt.Sign(header, payload, _ => signature)),
                Jwt.Sign(header, payload, data => ours.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
                Jwt.Sign(header, payload, data => ours.SignData(data, HashAlgorithmName.SHA384)),
            ]);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_header_that_says_something_else_is_refused_although_we_signed_it(string member, string value)
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();
        header[member] = JsonNode.Parse(value);

        await RefusedAsync([Jwt.Sign(header, payload, Jwt.Es256(ours))]);
    }

    [Theory]
    [InlineData("typ")]
    [InlineData("kid")]
    [InlineData("alg")]
    public async Task A_header_that_lacks_something_is_refused_although_we_signed_it(string member)
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();
        header.Remove(member);

        await RefusedAsync([Jwt.Sign(header, payload, Jwt.Es256(ours))]);
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task A_claim_that_is_wrong_or_missing_is_refused_although_we_signed_it(string claim, string? value)
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();
        var issued = (long)payload["iat"]!;
        payload.Remove(claim);
        if (value is not null)
        {
            payload[claim] = JsonNode.Parse(value.Replace("{past}", $"{issued - 60}", StringComparison.Ordinal).Replace("{future}", $"{issued + 600}", StringComparison.Ordinal)
                .Replace("{issuer}", system.Issuer, StringComparison.Ordinal));
        }

        await RefusedAsync([Jwt.Sign(header, payload, Jwt.Es256(ours))]);
    }

    [Fact]
    public async Task A_machine_clients_token_that_names_a_session_or_another_subject_is_refused_although_we_signed_it()
    {
        using var ours = await OursAsync();
        var token = await system.ServiceTokenAsync();
        string Changed(Action<JsonObject> change)
        {
            var payload = Jwt.Payload(token);
            change(payload);
            return Jwt.Sign(Jwt.Header(token), payload, Jwt.Es256(ours));
        }

        await RefusedAsync(
            [
                Changed(payload => payload["sid"] = "s_1"), Changed(payload => payload["sub"] = "1000"), Changed(payload => payload["client_id"] = "c_other"),
                Changed(payload => payload["roles"] = new JsonArray("service", "admin")), Changed(payload => payload["roles"] = new JsonArray()),
            ]);
    }

    [Fact]
    public async Task Text_that_is_spelt_another_way_is_refused_although_we_signed_it()
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();
        var (names, claims) = (header.ToJsonString(), payload.ToJsonString());
        var good = Signed(names, claims);
        var parts = good.Split('.');

        await RefusedAsync(
            [
                // A member twice: parsers differ in which one they take.
                Signed(names.Replace("{", "{\"alg\":\"none\",", StringComparison.Ordinal), claims),
                Signed(names, claims[..^1] + ",\"roles\":[\"admin\"]}"),
                Signed(names, claims[..^1] + ",\"r\\u006fles\":[\"admin\"]}"),
                Signed($"[{names}]", claims), Signed(names, $"[{claims}]"), Signed(names, "null"), Signed(names, claims + "{}"), Signed(names, "{\"sub\":\"\\ud800\"}"),
                Signed(names, claims.Replace("\"iss\"", "\"i\\ud800\"", StringComparison.Ordinal)),
                Sign(Encoding.UTF8.GetBytes(names), [.. Encoding.UTF8.GetBytes(claims[..^1]), .. ",\"x\":\""u8, 0xff, .. "\"}"u8]),
                Signed(names, claims[..^1] + ",\"x\":" + new string('[', 2000) + new string(']', 2000) + "}"),
                // Too long to be ours; within what a server reads of a header.
                Signed(names, claims[..^1] + $",\"x\":\"{new string('x', 20_000)}\"}}"),
                // A token in five parts is an encrypted one.
                $"{parts[0]}.{parts[1]}.{parts[1]}.{parts[1]}.{parts[2]}", $"{good}.", $".{good}", $"{parts[0]}..{parts[2]}", $".{parts[1]}.{parts[2]}",
                $"{good}=", $"{good}==", $"{parts[0]}=.{parts[1]}.{parts[2]}", good[..^1], good[..^1] + (char)(good[^1] + 1),
            ]);

        string Signed(string headerText, string payloadText) => Sign(Encoding.UTF8.GetBytes(headerText), Encoding.UTF8.GetBytes(payloadText));

        string Sign(byte[] headerBytes, byte[] payloadBytes)
        {
            var signed = $"{Base64Url.EncodeToString(headerBytes)}.{Base64Url.EncodeToString(payloadBytes)}";
            return $"{signed}.{Base64Url.EncodeToString(Jwt.Es256(ours)(Encoding.ASCII.GetBytes(signed)))}";
        }
    }

    [Fact]
    public async Task What_was_not_forged_is_good_at_every_gateway()
    {
        using var ours = await OursAsync();
        var (header, payload) = await PartsAsync();

        foreach (var (gateway, path) in system.Gateways.Zip(_paths))
        {
            using var answer = await gateway.SendAsync(HttpMethod.Get, path, Jwt.Sign(header, payload, Jwt.Es256(ours)));
            Assert.NotEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    /// <summary>Insists that every gateway refuses each token, in words that do not depend on what is wrong with it.</summary>
    private async Task RefusedAsync(IReadOnlyList<string> tokens)
    {
        foreach (var token in tokens)
        {
            foreach (var (gateway, path) in system.Gateways.Zip(_paths))
            {
                using var answer = await gateway.SendAsync(HttpMethod.Get, path, token);
                var problem = await answer.ProblemAsync(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
                Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
                Assert.Equal("A valid access token is required in the Authorization header.", problem.GetProperty("detail").GetString());
            }
        }
    }

    private async Task<(JsonObject Header, JsonObject Payload)> PartsAsync()
    {
        var token = (await system.NewUserAsync()).AccessToken;
        return (Jwt.Header(token), Jwt.Payload(token));
    }

    /// <summary>The key that signs, which no forger has.</summary>
    private async Task<ECDsa> OursAsync()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey((await system.Silo.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0).GetSigningKey()).PrivateKey, out _);
        return key;
    }
}
