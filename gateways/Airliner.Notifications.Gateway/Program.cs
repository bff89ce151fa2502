using Airliner.Notifications.Gateway;

NotificationsGateway.Create(args).Run();
