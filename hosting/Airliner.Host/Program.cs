using Airliner.Embedded;
using Airliner.Host;
using Airliner.Host.Backup;
using Airliner.Host.Certificates;
using Airliner.Host.Dashboard;
using Airliner.Host.DeadLetters;
using Airliner.Host.Demo;
using Airliner.Host.Embedded;
using Airliner.Host.Status;
using Airliner.Kafka.Redrive;

try
{
    return args switch
    {
        ["up", .. var rest] => await UpCommand.RunAsync(Arguments.Parse(rest, UpCommand.Options, operands: 0)),
        ["demo", .. var rest] => await DemoCommand.RunAsync(Arguments.Parse(rest, DemoCommand.Options, operands: 1)),
        ["status", .. var rest] => await StatusCommand.RunAsync(Arguments.Parse(rest, StatusCommand.Options, operands: 0, StatusCommand.Switches)),
        ["dashboard", .. var rest] => await DashboardCommand.RunAsync(Arguments.Parse(rest, DashboardCommand.Options, operands: 0)),
        ["audit", .. var rest] => await AuditCommand.RunAsync(Arguments.Parse(rest, AuditCommand.Options, operands: 1)),
        ["dlq", .. var rest] => DlqCommand.Run(Arguments.Parse(rest, DlqCommand.Options, operands: 3, DlqCommand.Switches)),
        ["backup", .. var rest] => await BackupCommand.RunAsync(Arguments.Parse(rest, BackupCommand.Options, operands: 1, BackupCommand.Switches)),
        ["restore", .. var rest] => await RestoreCommand.RunAsync(Arguments.Parse(rest, RestoreCommand.Options, operands: 1, RestoreCommand.Switches)),
        ["certificates", .. var rest] => CertificatesCommand.Run(Arguments.Parse(rest, CertificatesCommand.Options, operands: 1)),
        _ => throw new UsageException("The commands are up, demo, status, dashboard, audit, dlq, backup, restore and certificates."),
    };
}
catch (UsageException error)
{
    await Console.Error.WriteLineAsync($"airliner: {error.Message}");
    return 2;
}
catch (Exception error) when (error is StartException or DeadLetterException or BackupException or EmbeddedPostgresException)
{
    await Console.Error.WriteLineAsync($"airliner: {error.Message}");
    return 1;
}
