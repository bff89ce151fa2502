using Airliner.Notifications.Gateway;
using Airliner.ServiceDefaults;

return await ServiceProcess.RunAsync(() => NotificationsGateway.Create(args));
