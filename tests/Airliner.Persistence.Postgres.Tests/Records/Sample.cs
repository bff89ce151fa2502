using Airliner.Contracts.Events;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>A record with a column of every type.</summary>
public sealed record Sample : Record
{
    public string Name { get; init; } = "";
    public int Count { get; init; }
    public bool Open { get; init; }
    public string? Text { get; init; }
    public long? Size { get; init; }
    public int? Rank { get; init; }
    public bool? Seen { get; init; }
    public double? Rate { get; init; }
    public Guid? Token { get; init; }
    public byte[]? Bytes { get; init; }
    public DateOnly? Day { get; init; }
    public DateTimeOffset? Due { get; init; }
    public string? Document { get; init; }

    public static RecordTable<long, Sample> Table { get; } = new(
        "samples",
        [
            Column.Of<Sample, string>("name", s => s.Name),
            Column.Of<Sample, int>("count", s => s.Count),
            Column.Of<Sample, bool>("open", s => s.Open),
            Column.Of<Sample, string?>("text", s => s.Text),
            Column.Of<Sample, long?>("size", s => s.Size),
            Column.Of<Sample, int?>("rank", s => s.Rank),
            Column.Of<Sample, bool?>("seen", s => s.Seen),
            Column.Of<Sample, double?>("rate", s => s.Rate),
            Column.Of<Sample, Guid?>("token", s => s.Token),
            Column.Of<Sample, byte[]?>("bytes", s => s.Bytes),
            Column.Of<Sample, DateOnly?>("day", s => s.Day),
            Column.Of<Sample, DateTimeOffset?>("due", s => s.Due),
            Column.Json<Sample>("document", s => s.Document),
        ],
        row => new Sample
        {
            Name = row.Next<string>(),
            Count = row.Next<int>(),
            Open = row.Next<bool>(),
            Text = row.Next<string?>(),
            Size = row.Next<long?>(),
            Rank = row.Next<int?>(),
            Seen = row.Next<bool?>(),
            Rate = row.Next<double?>(),
            Token = row.Next<Guid?>(),
            Bytes = row.Next<byte[]?>(),
            Day = row.Next<DateOnly?>(),
            Due = row.Next<DateTimeOffset?>(),
            Document = row.Next<string?>(),
        })
    { History = "sample_history" };

    public const string Sql = """
        create sequence samples_ids increment 50;
        create table samples (
            id bigint primary key, version bigint not null, event_sequence bigint not null,
            name text not null, count int not null, open boolean not null, text text, size bigint, rank int, seen boolean,
            rate double precision, token uuid, bytes bytea, day date, due timestamptz, document jsonb
        );
        create unique index samples_name_key on samples (lower(name));
        create table sample_history (id bigint not null, sequence bigint not null, event json not null, primary key (id, sequence));
        create table notes (id text primary key, version bigint not null, event_sequence bigint not null, text text);
        """;

    /// <summary>The next state: counted up, with the event that says so.</summary>
    public Sample Next() => (this with { Count = Count + 1 }).Raise(new SampleCounted { Name = Name, Count = Count + 1, Timestamp = DateTimeOffset.UnixEpoch.AddDays(20000) });
}

/// <summary>A record whose key is text.</summary>
public sealed record Note : Record
{
    public string? Text { get; init; }

    public static RecordTable<string, Note> Table { get; } =
        new("notes", [Column.Of<Note, string?>("text", n => n.Text)], row => new Note { Text = row.Next<string?>() });
}

[Event("sample_counted", "samples")]
public sealed record SampleCounted : DomainEvent
{
    public required string Name { get; init; }
    public required int Count { get; init; }
    protected override string RecordKey => Name;
}
