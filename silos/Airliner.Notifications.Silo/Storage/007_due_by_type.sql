-- What is due of some types of events: the codes that users wait for are found before whatever else is due. Only what waits is in it.
create index notifications_due_type_idx on notifications (event_type, next_attempt_at) where status = 'pending';
