-- What has ended, by its time. The summaries of pages that stood in its place never shrink: once removed rows had made room for new ones,
-- nearly every range of pages seemed to have both, and each sweep read the whole table.
create index notifications_ended_idx on notifications (created_at) where status <> 'pending';
drop index notifications_created_at_idx;
