using System.Net.Http.Headers;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;

namespace Airliner.Auth.Gateway;

/// <summary>What the routes of OAuth have in common: a form, a client that authenticates (RFC 6749 §2.3.1), and refusals that are not problem details (§5.2).</summary>
internal static class OAuthRequests
{
    /// <summary>Reads the form.</summary>
    /// <returns>The form, or how it is refused.</returns>
    public static async Task<(IFormCollection? Form, IResult? Refusal)> ReadAsync(HttpContext http)
    {
        // RFC 6749 §5.1 wants both.
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        if (!http.Request.HasFormContentType)
            return (null, Invalid("The body must be application/x-www-form-urlencoded."));
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException or NotSupportedException)
        {
            return (null, Invalid("The form cannot be read: it is malformed, not in UTF-8, has too many members, or is too long."));
        }

        if (form.FirstOrDefault(member => member.Value.Count > 1).Key is { } repeated)
            return (null, Invalid($"{repeated} is there more than once."));
        // RFC 6749 §2.3: a client uses one way in each request.
        return IsBasic(http) && form["client_secret"].ToString().Length > 0
            ? (null, Invalid("The client authenticates in the header and in the form: only one of them may be used."))
            : (form, null);
    }

    /// <summary>Reads the form of a client about a token, and checks who the client is.</summary>
    /// <param name="orPublic">Whether the users' client may come too, which has no secret and names itself.</param>
    /// <returns>The client's id and the token, or how it is refused.</returns>
    public static async Task<(string ClientId, string Token, IResult? Refusal)> ReadTokenAsync(HttpContext http, GrainCalls calls, bool orPublic = false)
    {
        var (form, refusal) = await ReadAsync(http);
        if (form is null)
            return ("", "", refusal);
        var client = orPublic && IsPublic(http, form) ? AccessTokens.UserClientId : null;
        if (client is null)
        {
            if (Credentials(http, form) is not var (clientId, secret))
                return ("", "", NoCredentials(http));
            if (!await calls.Call(grains => grains.GetGrain<IClientGrain>(clientId).Authenticate(secret)))
                return ("", "", InvalidClient(http, "The client id or its secret is wrong."));
            client = clientId;
        }

        return form["token"].ToString() is { Length: > 0 } token ? (client, token, null) : ("", "", Invalid("token is required."));
    }

    /// <summary>How the client says who it is: by HTTP Basic or in the form; null where it does not, or not so that it could be one.</summary>
    public static (string ClientId, string Secret)? Credentials(HttpContext http, IFormCollection form) =>
        Given(http, form) is var (clientId, secret) && ClientIds.AreLike(clientId) ? (clientId, secret) : null;

    /// <summary>
    /// The client that asks for a refresh: empty where it does not say. Null where it authenticates as one that there cannot be, which is refused although it need not
    /// have (RFC 6749 §6).
    /// </summary>
    public static string? NamedClient(HttpContext http, IFormCollection form)
    {
        if (Given(http, form) is var (clientId, secret))
            return ClientIds.AreLike(clientId) || (clientId == AccessTokens.UserClientId && secret.Length == 0) ? clientId : null;
        return IsBasic(http) ? null : form["client_id"].ToString();
    }

    public static IResult NoCredentials(HttpContext http) =>
        InvalidClient(http, "The client must authenticate by HTTP Basic, or by client_id and client_secret in the form.");

    public static IResult InvalidClient(HttpContext http, string description)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"airliner\"";
        return Error(StatusCodes.Status401Unauthorized, "invalid_client", description);
    }

    public static IResult Invalid(string description) => Error(StatusCodes.Status400BadRequest, "invalid_request", description);

    public static IResult Error(int status, string error, string description) =>
        Results.Json(new OAuthError(error, description), statusCode: status);

    private static bool IsPublic(HttpContext http, IFormCollection form) =>
        form["client_id"] == AccessTokens.UserClientId && form["client_secret"].ToString().Length == 0 && !IsBasic(http);

    /// <summary>Whether the client authenticates in the header, rightly or not. A bearer token there is not the client's.</summary>
    private static bool IsBasic(HttpContext http) => http.Request.Headers.Authorization.ToString().StartsWith("Basic", StringComparison.OrdinalIgnoreCase);

    private static (string ClientId, string Secret)? Given(HttpContext http, IFormCollection form)
    {
        if (AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header)
            && header is { Scheme: var scheme, Parameter: { } parameter } && scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[parameter.Length];
            if (!Convert.TryFromBase64String(parameter, bytes, out var length))
                return null;
            var text = Encoding.UTF8.GetString(bytes, 0, length);
            var colon = text.IndexOf(':');
            return colon > 0 ? (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..])) : null;
        }

        return form["client_id"].ToString() is { Length: > 0 } id && form["client_secret"].ToString() is { Length: > 0 } secret ? (id, secret) : null;
    }
}
