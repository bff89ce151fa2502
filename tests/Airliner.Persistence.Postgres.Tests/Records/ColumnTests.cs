using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class ColumnTests(PostgresServer server)
{
    [Fact]
    public async Task A_new_record_round_trips_every_column_type()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var written = new Sample
        {
            Name = "Größe 名前 ✈",
            Count = -7,
            Open = true,
            Text = "",
            Size = long.MaxValue,
            Rank = int.MinValue,
            Seen = false,
            Rate = 0.1,
            Token = Guid.NewGuid(),
            Bytes = [0, 255],
            Day = new DateOnly(2026, 2, 28),
            Due = new DateTimeOffset(2026, 3, 29, 1, 2, 3, TimeSpan.Zero).AddMicroseconds(456789),
            Document = """{"a": [1, null]}""",
        };
        await silo.Of(1).WriteAsync(written);

        var read = await silo.Of(1).ReadAsync();

        Assert.True(read.Exists);
        Assert.Equal("1", read.Version);
        Assert.Equal(written.Bytes, read.Record.Bytes);
        Assert.Equal(written with { Bytes = null }, read.Record with { Bytes = null });
    }

    [Fact]
    public async Task A_new_record_round_trips_nulls()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var written = new Sample { Name = "nulls" };
        await silo.Of(1).WriteAsync(written);

        Assert.Equal(written, (await silo.Of(1).ReadAsync()).Record);
    }

    [Fact]
    public async Task A_record_with_a_text_key_round_trips()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var note = silo.NoteOf("a/b c'✈");
        await note.WriteAsync(new Note { Text = "one" });
        await note.WriteAsync(new Note { Text = "two" });

        var read = await silo.NoteOf("a/b c'✈").ReadAsync();

        Assert.Equal("two", read.Record.Text);
        Assert.Equal("2", read.Version);
    }

    [Fact]
    public async Task A_time_with_an_offset_is_kept_as_its_instant()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var due = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.FromHours(2));
        await silo.Of(1).WriteAsync(new Sample { Name = "offset", Due = due });

        Assert.Equal(due, (await silo.Of(1).ReadAsync()).Record.Due);
    }
}
