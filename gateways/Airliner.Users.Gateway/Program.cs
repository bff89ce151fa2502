using Airliner.Users.Gateway;

UsersGateway.Create(args).Run();
