-- Which silo has claimed a notification last: what one that died had claimed is due at once. Null where none has, or a silo of the version before.
alter table notifications add column claimed_by text;
