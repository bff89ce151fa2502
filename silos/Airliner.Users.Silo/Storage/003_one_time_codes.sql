-- An address that the user asked for and that is not verified yet.
alter table users add column pending_email text;

-- Addresses that the user had until lately, whose owners are still to be told of the change. At most twenty.
alter table users add column former_emails jsonb not null default '[]';

-- The ids of the newest one-time codes, until when they are good, tries left, and when mails went out. No codes. Silos of the version before leave them alone.
alter table users add column codes jsonb not null default '{}';
