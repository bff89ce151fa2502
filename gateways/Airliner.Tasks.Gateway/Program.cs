using Airliner.ServiceDefaults;
using Airliner.Tasks.Gateway;

return await ServiceProcess.RunAsync(() => TasksGateway.Create(args));
