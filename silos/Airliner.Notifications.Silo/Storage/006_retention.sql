-- What removes a notification: the sweep of those that were made long ago and have come to their end. Rows come in the order of time, so
-- a summary of each range of pages finds the old ones, and costs an insert next to nothing.
create index notifications_created_at_idx on notifications using brin (created_at) with (autosummarize = on);
