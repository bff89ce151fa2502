using Airliner.ServiceDefaults.Streams;
using FluentValidation;
using Microsoft.AspNetCore.Builder;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>The statuses that a route answers beside those that follow from what it is.</summary>
internal sealed record RefusalMetadata(IReadOnlyList<int> Statuses);

/// <summary>What a route takes in its query.</summary>
internal sealed record QueryMetadata(IReadOnlyList<QueryMember> Members);

/// <summary>A route whose path has an opaque id.</summary>
internal sealed record OpaqueIdMetadata;

/// <summary>A route with a live stream, which goes on after <c>Last-Event-ID</c>.</summary>
internal sealed record LiveStreamMetadata;

/// <summary>A route that takes the bytes of a file.</summary>
internal sealed record FileMetadata;

/// <summary>A header that a route reads, or that its answers have where they are good.</summary>
internal sealed record HeaderMetadata(string Name, string Description, bool IsAnswered);

/// <summary>A route that reads a JSON body itself.</summary>
internal sealed record JsonMetadata(Type Body);

/// <summary>A route of OAuth: it takes a form, and says in full how it refuses.</summary>
internal sealed record FormMetadata(Type Form);

/// <summary>Documents what routes take and how they refuse, where the framework cannot see it.</summary>
public static class RouteDescriptions
{
    /// <summary>
    /// Says which problems the route answers of its own, for the OpenAPI document. 400, 413 and 415 of a body, 401 of a token, 429 and 503 need not be said.
    /// </summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder route, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RefusalMetadata(statuses));

    /// <summary>Says what the route takes in its query.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder route, params QueryMember[] members)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new QueryMetadata(members));

    /// <summary>Says that the route is a list: by what it can be filtered, and how it is paged.</summary>
    public static TBuilder TakesPage<TBuilder>(this TBuilder route, params QueryMember[] filters)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new QueryMetadata([.. filters, .. QueryMember.Page]));

    /// <summary>Says that the id in the route's path is a string to clients (<see cref="Airliner.Contracts.OpaqueIdAttribute"/>), whatever it is to the route.</summary>
    public static TBuilder TakesOpaqueId<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new OpaqueIdMetadata());

    /// <summary>Says that the route reads a header.</summary>
    public static TBuilder TakesHeader<TBuilder>(this TBuilder route, string name, string description)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new HeaderMetadata(name, description, IsAnswered: false));

    /// <summary>Says that the route's good answers have a header.</summary>
    public static TBuilder AnswersHeader<TBuilder>(this TBuilder route, string name, string description)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new HeaderMetadata(name, description, IsAnswered: true));

    /// <summary>Says that the route takes a JSON body, which it reads and judges itself.</summary>
    public static RouteHandlerBuilder TakesJson<TBody>(this RouteHandlerBuilder route, IValidator<TBody> rules) =>
        route.WithMetadata(new JsonMetadata(typeof(TBody)), RequiredMembers.Of(rules));

    /// <summary>Says that the route has a live stream of server-sent events, which goes on after the one that <c>Last-Event-ID</c> names.</summary>
    public static TBuilder Resumes<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new LiveStreamMetadata()).TakesHeader(EventStreams.LastEventId, "The id of the last event that was had.");

    /// <summary>Says that the route takes a file: the bytes themselves, or as the one file of a form (RFC 7578).</summary>
    public static TBuilder TakesFile<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new FileMetadata());

    /// <summary>
    /// Says that the route takes a form (RFC 6749 §3.2). Unlike <c>Accepts</c> it leaves the refusal of anything else to the route, for OAuth has errors of its own.
    /// </summary>
    public static TBuilder TakesForm<TBuilder>(this TBuilder route, Type form)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new FormMetadata(form));
}
