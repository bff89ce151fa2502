using Airliner.Auth.Gateway;

AuthGateway.Create(args).Run();
