-- What removes addresses that users had: the sweep of those whose mails about the change have come to their end.
create index users_former_emails_idx on users (id) where former_emails <> '[]';
