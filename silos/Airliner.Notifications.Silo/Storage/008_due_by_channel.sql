-- What is due of one channel: each has a sweep of its own, which must not read past what waits for another. Only what waits is in it.
-- Silos of the version before look by notifications_due_idx, which may go once none of them runs.
create index notifications_due_channel_idx on notifications (channel, next_attempt_at) where status = 'pending';
