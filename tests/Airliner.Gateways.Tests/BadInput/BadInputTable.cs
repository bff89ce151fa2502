namespace Airliner.Gateways.Tests.BadInput;

/// <summary>What a route takes, and what it must refuse that cannot be seen from its description.</summary>
/// <param name="Route">Method and path, without the prefix.</param>
/// <param name="Caller">Who may call it with a good request.</param>
/// <param name="Body">A good body with every member, of which the bad ones are made by changing one.</param>
/// <param name="Required">The members that must be there, and not <c>null</c>.</param>
/// <param name="Wrong">Values of the right type that are refused, as JSON, by member.</param>
/// <param name="Query">Values that are refused, by member of the query; of a list, beside those that every list refuses.</param>
/// <param name="Unknown">The answer where nothing has the path's id.</param>
/// <param name="BodyIsOptional">Whether the body may be left out.</param>
internal sealed record BadInputRow(
    string Route, CallerKind Caller, string? Body = null, string[]? Required = null, (string Member, string Json)[]? Wrong = null, (string Member, string Text)[]? Query = null,
    int Unknown = 404, bool BodyIsOptional = false);

/// <summary>Every route that takes a body, a parameter or a query.</summary>
internal static class BadInputTable
{
    private const string Registration =
        """{"username":"ada","email":"ada@example.com","password":"correct horse battery","firstName":"Ada","lastName":"Byron","dateOfBirth":"1985-12-10"}""";

    private static readonly string _text51 = $"\"{new string('x', 51)}\"";
    private static readonly string _text101 = $"\"{new string('x', 101)}\"";
    private static readonly string _text129 = $"\"{new string('x', 129)}\"";
    private static readonly string _text255 = $"\"{new string('x', 255)}\"";

    private static readonly (string, string)[] _wrongNames =
    [
        ("firstName", "\"\""), ("firstName", "\"  \""), ("firstName", _text51), ("firstName", "\"a\\u0000\""),
        ("lastName", "\"\""), ("lastName", _text51), ("lastName", "\"a\\u0007\""),
    ];

    private static readonly (string, string)[] _wrongEmail =
    [
        ("email", "\"\""), ("email", "\"ada\""), ("email", "\"ada@\""), ("email", "\"ada@localhost\""), ("email", "\"ada@[10.0.0.5]\""), ("email", "\"ada@10.0.0.5\""), ("email", "\"Ada <ada@example.com>\""), ("email", _text255),
    ];

    private static readonly (string, string)[] _wrongProfile =
    [
        .. _wrongNames,
        ("dateOfBirth", "\"\""), ("dateOfBirth", "\"2999-01-01\""), ("dateOfBirth", "\"1985-13-10\""), ("dateOfBirth", "\"10.12.1985\""),
        .. _wrongEmail,
    ];

    private static readonly (string, string)[] _wrongRegistration =
    [
        .. _wrongProfile,
        ("username", "\"\""), ("username", "\"ab\""), ("username", "\"abcdefghijklmnopqrstu\""), ("username", "\"ada byron\""), ("username", "\"ädä\""),
        ("password", "\"\""), ("password", "\"short\""), ("password", "\"password\""), ("password", _text129),
    ];

    private static readonly (string, string)[] _wrongLogin = [("username", "\"\""), ("username", _text255), ("password", "\"\""), ("password", _text129)];

    private static readonly string[] _registered = ["username", "email", "password", "firstName", "lastName"];

    public static IReadOnlyList<BadInputRow> Rows { get; } =
    [
        new("POST /registerUser", CallerKind.Anonymous, Registration, _registered, _wrongRegistration),
        new("POST /users/register", CallerKind.Anonymous, Registration, _registered, _wrongRegistration),
        new("GET /users", CallerKind.Admin, Query: [("status", "gone"), ("username", "a%00b"), ("email", "a%00b")]),
        new("GET /users/{id}", CallerKind.Admin),
        new("GET /getUser/{id}", CallerKind.Admin),
        new("PATCH /users/{id}", CallerKind.Admin,
            """{"firstName":"Ada","lastName":"Byron","dateOfBirth":"1985-12-10","email":"ada@example.com","password":"correct horse battery"}""",
            Wrong: [.. _wrongProfile, ("password", _text129)]),
        new("DELETE /users/{id}", CallerKind.Admin),
        new("DELETE /deleteUser/{id}", CallerKind.Admin),
        new("GET /users/{id}/export", CallerKind.Admin),
        new("GET /audit", CallerKind.Admin, Query: [("userId", "0"), ("userId", "me"), ("userId", "9223372036854775808")]),
        new("POST /users/{id}/verifyEmail", CallerKind.Anonymous, """{"code":"AAAA-BBBB"}""", ["code"], [("code", "\"\""), ("code", _text101)],
            Unknown: 400),
        new("POST /forgotPassword", CallerKind.Anonymous, """{"email":"ada@example.com"}""", ["email"], _wrongEmail),
        new("POST /resetPassword", CallerKind.Anonymous, """{"email":"ada@example.com","code":"AAAA-BBBB","newPassword":"battery horse correct"}""",
            ["email", "code", "newPassword"],
            [.. _wrongEmail, ("code", "\"\""), ("code", _text101), ("newPassword", "\"\""), ("newPassword", "\"short\""), ("newPassword", _text129)]),
        new("PUT /users/{id}/password", CallerKind.Admin, """{"oldPassword":"correct horse battery","newPassword":"battery horse correct"}""", ["newPassword"],
            [("newPassword", "\"\""), ("newPassword", "\"short\""), ("newPassword", _text129), ("oldPassword", _text129)]),
        new("PUT /users/{id}/roles", CallerKind.Admin, """{"roles":["user"]}""", ["roles"],
            [("roles", """["service"]"""), ("roles", """["king"]"""), ("roles", "[null]"), ("roles", """["User"]""")]),
        new("PUT /users/{id}/status", CallerKind.Admin, """{"status":"disabled"}""", ["status"], [("status", "\"\""), ("status", "\"deleted\""), ("status", "\"Active\"")]),

        new("POST /tasks", CallerKind.Admin,
            """{"userId":1000,"taskType":"data_processing","priority":"low","parameters":{},"runAt":"2099-01-01T00:00:00Z","maxAttempts":1,"timeoutSeconds":1,"startWithinSeconds":1,"deadline":"2100-01-01T00:00:00Z"}""",
            Wrong:
            [
                ("taskType", "\"\""), ("taskType", "\"nothing\""), ("priority", "\"\""), ("priority", "\"urgent\""), ("runAt", "\"soon\""),
                ("parameters", $$"""{"text":"{{new string('x', 64 * 1024)}}"}"""),
                ("maxAttempts", "0"), ("maxAttempts", "101"), ("maxAttempts", "99999999999"), ("maxAttempts", "1.5"),
                ("timeoutSeconds", "0"), ("timeoutSeconds", "86401"), ("startWithinSeconds", "0"), ("startWithinSeconds", "2592001"),
                ("deadline", "\"soon\""), ("deadline", "\"2020-01-01T00:00:00Z\""), ("deadline", "\"2098-01-01T00:00:00Z\""),
                ("userId", "9223372036854775808"), ("userId", "1.5"), ("userId", "0"), ("userId", "-1"),
            ]),
        new("GET /tasks", CallerKind.Admin, Query:
            [
                ("status", "done"), ("priority", "urgent"), ("userId", "me"), ("userId", "-1"), ("userId", "9223372036854775808"), ("taskType", "a%00b"),
                ("createdAfter", "yesterday"), ("createdBefore", "2026-13-01"),
            ]),
        new("GET /tasks/{id}", CallerKind.Admin),
        new("PUT /tasks/{id}/cancel", CallerKind.Admin),
        new("GET /tasks/{id}/events", CallerKind.Admin, Query: [("after", "-1"), ("after", "first"), ("after", "9223372036854775808")]),
        new("PUT /tasks/{id}/retry", CallerKind.Admin),
        new("POST /tasks/retry", CallerKind.Admin,
            """{"userId":1000,"status":"failed","taskType":"data_processing","priority":"low","createdAfter":"2026-01-01T00:00:00Z","createdBefore":"2026-02-01T00:00:00Z","limit":1}""",
            Wrong:
            [
                ("status", "\"completed\""), ("status", "\"\""), ("priority", "\"urgent\""), ("taskType", "\"a\\u0000\""), ("userId", "-1"), ("userId", "1.5"),
                ("createdAfter", "\"yesterday\""), ("createdBefore", "\"2026-13-01\""), ("limit", "0"), ("limit", "1001"), ("limit", "1.5"),
            ],
            Query:
            [
                ("status", "completed"), ("priority", "urgent"), ("taskType", "a%00b"), ("userId", "-1"), ("userId", "me"), ("createdAfter", "yesterday"),
                ("createdBefore", "2026-13-01"), ("limit", "0"), ("limit", "1001"), ("limit", "ten"),
            ],
            BodyIsOptional: true),
        new("POST /tasks/batch", CallerKind.Admin, """{"tasks":[{"runAt":"2099-01-01T00:00:00Z"}],"groupName":"nightly"}""", ["tasks"],
            [("tasks", "[]"), ("tasks", $"[{string.Join(',', Enumerable.Repeat("{}", 1001))}]"), ("groupName", "\"\""), ("groupName", _text101), ("groupName", "\"a\\u0000\"")]),
        new("GET /tasks/groups/{id}", CallerKind.Admin),
        new("GET /schedules", CallerKind.Admin, Query: [("userId", "me"), ("userId", "-1"), ("userId", "9223372036854775808")]),
        new("POST /schedules", CallerKind.Admin,
            """
            {"cron":"@daily","timeZone":"Europe/Oslo","taskType":"data_processing","priority":"low","parameters":{},"name":"nightly","missedRuns":"once","userId":1000,
             "maxAttempts":1,"timeoutSeconds":1}
            """,
            ["cron"],
            [
                ("cron", "\"\""), ("cron", "\"daily\""), ("cron", "\"* * * * * *\""), ("cron", "\"@every_second\""), ("cron", "\"0 0 30 2 *\""), ("cron", "\"* * * *\\u0000 *\""),
                ("timeZone", "\"\""), ("timeZone", "\"Oslo\""), ("timeZone", "\"../etc/passwd\""), ("timeZone", "\"/dev/zero\""), ("timeZone", "\"UTC\\u0000\""),
                ("name", _text101), ("name", "\"a\\u0000\""), ("missedRuns", "\"\""), ("missedRuns", "\"never\""),
                ("taskType", "\"nothing\""), ("priority", "\"urgent\""), ("maxAttempts", "0"), ("timeoutSeconds", "86401"), ("userId", "0"),
                ("parameters", $$"""{"text":"{{new string('x', 64 * 1024)}}"}"""),
            ]),
        new("GET /schedules/{id}", CallerKind.Admin),
        new("DELETE /schedules/{id}", CallerKind.Admin),
        new("GET /files/{id}", CallerKind.Admin),
        new("GET /files", CallerKind.Admin, Query: [("userId", "0"), ("userId", "-1"), ("userId", "me"), ("userId", "9223372036854775808")]),
        new("DELETE /files/{id}", CallerKind.Admin),
        new("GET /webhooks", CallerKind.Admin),
        new("POST /webhooks", CallerKind.Admin, """{"url":"https://example.com/hook","events":["task_completed"]}""", ["url", "events"],
            [
                ("url", "\"\""), ("url", "\"example.com\""), ("url", "\"http://example.com/\""), ("url", "\"https://me:me@example.com/\""), ("url", "\"https://127.0.0.1/\""),
                ("url", "\"https://[::1]/\""), ("url", "\"https://localhost/\""), ("url", "\"https://example.com/\\u0000\""), ("url", $"\"https://example.com/{new string('x', 2048)}\""),
                ("events", "[]"), ("events", "[null]"), ("events", """["user_deleted"]"""), ("events", """["*"]"""),
            ]),
        new("DELETE /webhooks/{id}", CallerKind.Admin),
        new("GET /queues", CallerKind.Admin),

        new("GET /notifications", CallerKind.Admin, Query: [("status", "done"), ("channel", "fax"), ("userId", "me"), ("userId", "-1"), ("eventType", "a%00b"), ("unread", "yes")]),
        new("GET /notifications/{id}", CallerKind.Admin),
        new("GET /users/{id}/preferences", CallerKind.Admin),
        new("PUT /users/{id}/preferences", CallerKind.Admin,
            """
            {"channels":{"security":["email","inapp"],"account":["email"],"tasks":["inapp","email","push"]},"locale":"nb-NO","timeZone":"Europe/Oslo",
             "quietHours":{"start":"22:00","end":"07:00"},"digest":{"account":null,"tasks":60},"phone":"+4712345678"}
            """,
            Wrong:
            [
                ("channels", """{"security":[]}"""), ("channels", """{"security":["email"]}"""), ("channels", """{"security":["email","inapp","sms"]}"""),
                ("channels", """{"tasks":["fax"]}"""), ("channels", """{"account":[null]}"""),
                ("locale", "\"\""), ("locale", "\"norsk bokmål\""), ("locale", "\"e\""), ("locale", "\"en_GB\""), ("locale", "\"../en\""), ("locale", "\"en\\u0000\""),
                ("timeZone", "\"\""), ("timeZone", "\"Oslo\""), ("timeZone", "\"../etc/passwd\""), ("timeZone", "\"UTC\\u0000\""),
                ("quietHours", "{}"), ("quietHours", """{"start":"22:00"}"""), ("quietHours", """{"start":"22:00","end":"24:00"}"""),
                ("quietHours", """{"start":"22:00","end":"22:00"}"""), ("quietHours", """{"start":"10 pm","end":"7 am"}"""), ("quietHours", """{"start":"22:00:00","end":"07:00"}"""),
                ("digest", """{"tasks":4}"""), ("digest", """{"account":1441}"""), ("digest", """{"tasks":-60}"""),
                ("phone", "\"\""), ("phone", "\"12345678\""), ("phone", "\"+47 12 34 56 78\""), ("phone", "\"+0123456789\""), ("phone", "\"+1234567890123456\""),
            ]),
        new("POST /unsubscribe", CallerKind.Anonymous, Query: [("token", ""), ("token", "nothing"), ("token", "1000.tasks.AAAA"), ("token", "a%00b")]),
        new("GET /unsubscribe", CallerKind.Anonymous, Query: [("token", ""), ("token", "nothing"), ("token", "1000.tasks.AAAA"), ("token", "a%00b")]),
        new("POST /notifications/{id}/redrive", CallerKind.Admin),
        new("POST /notifications/redrive", CallerKind.Admin, """{"userId":1000,"status":"dead","channel":"email","eventType":"task_failed","limit":1}""",
            Wrong:
            [
                ("status", "\"sent\""), ("status", "\"\""), ("channel", "\"fax\""), ("eventType", "\"a\\u0000\""), ("userId", "-1"), ("userId", "1.5"),
                ("limit", "0"), ("limit", "1001"), ("limit", "1.5"),
            ],
            Query:
            [
                ("status", "sent"), ("channel", "fax"), ("userId", "me"), ("userId", "-1"), ("eventType", "a%00b"), ("limit", "0"), ("limit", "1001"), ("limit", "ten"),
            ],
            BodyIsOptional: true),
        // What is wrong with a body is told to whoever signed it: BouncesTests.
        new("POST /bounces/{provider}", CallerKind.Anonymous),
        new("POST /templates/preview", CallerKind.Admin,
            """{"eventType":"user_registered","channel":"email","locale":"de-AT","data":{},"template":{"subject":"Hello"}}""",
            ["eventType", "channel"],
            [
                ("eventType", "\"\""), ("eventType", "\"user_deleted\""), ("eventType", "\"a\\u0000\""), ("eventType", _text101), ("channel", "\"\""), ("channel", "\"fax\""),
                ("channel", "\"sms\""), ("locale", "\"\""), ("locale", "\"german\""), ("locale", "\"de_AT\""), ("locale", "\"de\\u0000\""),
                ("data", $$"""{"text":"{{new string('x', 64 * 1024)}}"}"""),
            ]),
        new("PUT /notifications/{id}/read", CallerKind.Admin),
        new("GET /push/subscriptions", CallerKind.Admin),
        new("POST /push/subscriptions", CallerKind.Admin,
            """
            {"endpoint":"https://push.example.com/ada","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}
            """,
            ["endpoint", "keys"],
            [
                ("endpoint", "\"\""), ("endpoint", "\"push.example.com\""), ("endpoint", "\"http://push.example.com/\""), ("endpoint", "\"https://me:me@push.example.com/\""),
                ("endpoint", "\"https://127.0.0.1/\""), ("endpoint", "\"https://localhost/\""), ("endpoint", $"\"https://push.example.com/{new string('x', 2048)}\""),
            ]),
        new("DELETE /push/subscriptions/{id}", CallerKind.Admin),

        new("POST /login", CallerKind.Anonymous, """{"username":"ada","password":"correct horse battery"}""", ["username", "password"], _wrongLogin),
        new("POST /generateToken", CallerKind.Anonymous, """{"userId":1000,"username":"ada","password":"correct horse battery"}""", ["userId", "username", "password"],
            [.. _wrongLogin, ("userId", "9223372036854775808"), ("userId", "1.5")]),
        new("POST /refreshToken", CallerKind.Anonymous, """{"refreshToken":"token"}""", ["refreshToken"], [("refreshToken", "\"\""), ("refreshToken", _text255)]),
        new("GET /sessions", CallerKind.Admin, Query: [("userId", "0"), ("userId", "-1"), ("userId", "me"), ("userId", "9223372036854775808")]),
        new("DELETE /sessions", CallerKind.Admin, Query: [("userId", "0"), ("userId", "-1"), ("userId", "me"), ("userId", "9223372036854775808")]),
        new("DELETE /sessions/{id}", CallerKind.Admin, Query: [("userId", "0"), ("userId", "me")]),
        new("GET /clients", CallerKind.Admin),
        new("POST /clients", CallerKind.Admin, """{"name":"reports","scopes":["tasks.work"]}""", ["name"],
            [("name", "\"\""), ("name", "\"  \""), ("name", _text101), ("name", "\"a\\u0000\""), ("scopes", """["everything"]"""), ("scopes", "[null]")]),
        new("POST /clients/{id}/secret", CallerKind.Admin),
        new("DELETE /clients/{id}", CallerKind.Admin),

        // Their errors are RFC 6749's: BadFormTests.
        new("POST /oauth2/token", CallerKind.Anonymous, "grant_type=client_credentials&scope=tasks.work&client_id=c_x&client_secret=x&refresh_token=x", ["grant_type"]),
        new("POST /oauth2/introspect", CallerKind.Anonymous, "token=x&token_type_hint=access_token&client_id=c_x&client_secret=x", ["token"]),
        new("POST /oauth2/revoke", CallerKind.Anonymous, "token=x&token_type_hint=access_token&client_id=c_x&client_secret=x", ["token"]),
    ];
}
