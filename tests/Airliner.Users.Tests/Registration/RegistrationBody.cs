using System.Text.Json.Nodes;

namespace Airliner.Users.Tests.Registration;

/// <summary>Bodies of registrations.</summary>
internal static class RegistrationBody
{
    /// <summary>A body that is valid, of a name that nobody else has.</summary>
    public static JsonObject Valid()
    {
        var username = $"u{Guid.NewGuid():n}"[..20];
        return new JsonObject
        {
            ["username"] = username,
            ["email"] = $"{username}@example.com",
            ["password"] = "correct horse battery",
            ["firstName"] = "Ada",
            ["lastName"] = "Byron",
            ["dateOfBirth"] = "1985-12-10",
        };
    }

    public static JsonObject With(this JsonObject body, string member, JsonNode? value)
    {
        body[member] = value;
        return body;
    }
}
