using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Security;
using FluentValidation;

namespace Airliner.Auth.Gateway;

/// <summary>Machine clients: administrators make and delete them, and operators see them too.</summary>
internal static class ClientEndpoints
{
    public static void MapClients(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in RoutePrefixes.UsersAndAuth)
        {
            app.MapGroup(prefix).WithTags("Clients").MapGet("/clients", List).ForThoseWhoReadAll("list machine clients")
                .Produces<ClientsAnswer>().Refuses(400, 403).TakesPage();
            var routes = app.MapGroup(prefix).WithTags("Clients").RequireAuthorization(BearerAuthentication.Admin);
            routes.MapPost("/clients", Create).TakesSecrets().Validated<CreateClientBody, CreateClientRules>().Produces<ClientSecretAnswer>(201).Refuses(403);
            routes.MapPost("/clients/{id}/secret", Rotate).TakesSecrets().Produces<ClientSecretAnswer>().Refuses(403, 404);
            routes.MapDelete("/clients/{id}", Delete).Produces(204).Refuses(403, 404);
        }
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var page = query.ShortPage();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var (clients, pagination) = page.Newest(
            await calls.Call(grains => grains.GetGrain<IClientQueriesGrain>(0).List()), client => client.CreatedAt, client => client.ClientId);
        return Results.Ok(new ClientsAnswer(clients, pagination));
    }

    private static async Task<IResult> Create(CreateClientBody body, HttpContext http, GrainCalls calls)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (clientId, secret) = ("c_" + Random(15), Random(32));
        var command = new CreateClient(http.CommandId(), body.Name!.Trim(), secret, [.. (body.Scopes ?? Scopes.All).Distinct(StringComparer.Ordinal)]);
        if (await calls.Call(grains => grains.GetGrain<IClientGrain>(clientId).Create(command)) is not { } client)
            throw new InvalidOperationException($"The random id {clientId} is taken.");
        return Results.Created((string?)null, new ClientSecretAnswer(ClientSecret.Of(client, secret)));
    }

    private static async Task<IResult> Rotate(string id, HttpContext http, GrainCalls calls)
    {
        http.Response.Headers.CacheControl = "no-store";
        var secret = Random(32);
        return ClientIds.AreLike(id) && await calls.Call(grains => grains.GetGrain<IClientGrain>(id).Rotate(secret)) is { } client
            ? Results.Ok(new ClientSecretAnswer(ClientSecret.Of(client, secret)))
            : NoSuchClient(id);
    }

    private static async Task<IResult> Delete(string id, GrainCalls calls)
    {
        if (!ClientIds.AreLike(id))
            return NoSuchClient(id);
        var tries = 0;
        // An earlier try of this call may have deleted it already.
        return await calls.Call(async grains => ++tries > 1 | await grains.GetGrain<IClientGrain>(id).Delete()) ? Results.NoContent() : NoSuchClient(id);
    }

    private static IResult NoSuchClient(string id) => Problem.NotFound($"There is no machine client {id}.");

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}

/// <param name="Name">For people: what the client is.</param>
/// <param name="Scopes">All there are, where it names none.</param>
internal sealed record CreateClientBody(string? Name, IReadOnlyList<string>? Scopes);

internal sealed class CreateClientRules : AbstractValidator<CreateClientBody>
{
    public CreateClientRules()
    {
        RuleFor(body => body.Name).Must(name => name?.Trim() is { Length: >= 1 and <= 100 } given && !given.Any(char.IsControl))
            .WithMessage("must have 1 to 100 characters and no control characters.").OverridePropertyName("name");
        RuleFor(body => body.Scopes).Must(scopes => scopes is null || scopes.All(Scopes.All.Contains))
            .WithMessage($"must be of these: {string.Join(", ", Scopes.All)}.").OverridePropertyName("scopes");
    }
}

internal sealed record ClientsAnswer(IReadOnlyList<ClientView> Clients, Pagination Pagination);

internal sealed record ClientSecretAnswer(ClientSecret Client);

/// <summary>A machine client with its secret, which is shown this once.</summary>
internal sealed record ClientSecret(
    string ClientId, [property: JsonPropertyName("clientSecret")] string Secret, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ClientSecret Of(ClientView client, string secret) =>
        new(client.ClientId, secret, client.Name, client.Scopes, client.CreatedAt, client.UpdatedAt);

    /// <summary>Names the client without the secret.</summary>
    public override string ToString() => $"ClientSecret {{ {ClientId} }}";
}
