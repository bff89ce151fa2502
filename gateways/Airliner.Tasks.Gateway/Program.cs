using Airliner.Tasks.Gateway;

TasksGateway.Create(args).Run();
