using System.Buffers.Text;
using System.Security.Cryptography;
using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Requests;
using FluentValidation;

namespace Airliner.Notifications.Gateway;

/// <summary>A browser's subscription, as its <c>PushSubscription.toJSON()</c> gives it (W3C Push API).</summary>
/// <param name="Endpoint">Where the push service of the browser's maker takes messages: https, and a public host.</param>
internal sealed record AddPushSubscriptionBody(string? Endpoint, PushKeysBody? Keys);

/// <param name="P256dh">A point of P-256, uncompressed: 65 bytes in base64url.</param>
/// <param name="Auth">16 bytes in base64url.</param>
internal sealed record PushKeysBody(string? P256dh, string? Auth);

/// <summary>What a new subscription must fulfil, beside the rule on addresses.</summary>
internal sealed class AddPushSubscriptionRules : AbstractValidator<AddPushSubscriptionBody>
{
    public AddPushSubscriptionRules()
    {
        RuleFor(body => body.Endpoint).NotEmpty().WithMessage("is required.").OverridePropertyName("endpoint");
        RuleFor(body => body.Keys).NotNull().WithMessage("is required.").OverridePropertyName("keys");
        RuleFor(body => body.Keys!.P256dh).Must(PushKeys.IsPoint).When(body => body.Keys is not null)
            .WithMessage("must be a point of P-256, uncompressed, as 65 bytes in base64url.").OverridePropertyName("keys.p256dh");
        RuleFor(body => body.Keys!.Auth).Must(PushKeys.IsSecret).When(body => body.Keys is not null)
            .WithMessage("must be 16 bytes in base64url.").OverridePropertyName("keys.auth");
    }
}

/// <summary>The keys of a browser's subscription (RFC 8291).</summary>
internal static class PushKeys
{
    private const int CoordinateBytes = 32;
    private const int SecretBytes = 16;
    private const byte Uncompressed = 4;

    public static byte[] Read(string? text) => Base64Url.DecodeFromChars(text);

    public static bool IsSecret(string? text) => Base64Url.IsValid(text, out var length) && length == SecretBytes;

    public static bool IsPoint(string? text)
    {
        if (!Base64Url.IsValid(text, out var length) || length != 1 + (2 * CoordinateBytes) || Read(text) is not [Uncompressed, .. var coordinates])
            return false;
        try
        {
            // Refuses what is not on the curve.
            using var key = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = coordinates[..CoordinateBytes], Y = coordinates[CoordinateBytes..] },
            });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

internal sealed record PushKeyAnswer(PushKey Key);

/// <param name="PublicKey">A point of P-256, uncompressed, in base64url.</param>
internal sealed record PushKey(string PublicKey);

internal sealed record PushSubscriptionAnswer(PushSubscriptionView Subscription);

internal sealed record PushSubscriptionsAnswer(IReadOnlyList<PushSubscriptionView> Subscriptions, Pagination Pagination);
