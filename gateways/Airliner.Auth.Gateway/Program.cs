using Airliner.Auth.Gateway;
using Airliner.ServiceDefaults;

return await ServiceProcess.RunAsync(() => AuthGateway.Create(args));
