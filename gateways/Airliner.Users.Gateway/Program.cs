using Airliner.ServiceDefaults;
using Airliner.Users.Gateway;

return await ServiceProcess.RunAsync(() => UsersGateway.Create(args));
