-- Of a deleted user the row stays with its id, status, times and version, so that the id is known to be nobody's: nothing removes it. What is unique is so
-- among the users who are there, and a name is free the moment that its user is deleted.
create unique index users_command_living_key on users (command_id) where status <> 'deleted';
create unique index users_username_living_key on users (lower(username)) where status <> 'deleted';
create unique index users_email_living_key on users (lower(email)) where status <> 'deleted';

drop index users_command_key, users_username_key, users_email_key;

-- The grains know the rules by these names.
alter index users_command_living_key rename to users_command_key;
alter index users_username_living_key rename to users_username_key;
alter index users_email_living_key rename to users_email_key;
