-- A command that an idempotency key stands for makes one record, however often it is tried. Others have random ids, never repeat under
-- another record's id, and pay nothing here.
create unique index tasks_command_key on tasks (command_id) where command_id like 'key-%';
create unique index files_command_key on files (command_id) where command_id like 'key-%';
