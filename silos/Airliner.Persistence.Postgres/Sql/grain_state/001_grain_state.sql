-- Grain state kept by Microsoft.Orleans.Persistence.AdoNet 10.4. The provider sends what it finds under four keys in
-- OrleansQuery, the one name here that is Orleans' and not ours; parameters and result columns are its contract.

create table if not exists OrleansQuery (
    QueryKey  text not null primary key,
    QueryText text not null
);

-- The provider's key is the service, the state's name and the grain's key, not the grain's type: two classes whose
-- states share a name share rows. Guid and integer keys fill key_n0 and key_n1, all others key_text, which is empty
-- rather than null so that the primary key covers it. The provider's hashes are not stored: this key needs none.
create table grain_state (
    service_id  text collate "C" not null,
    state_name  text collate "C" not null,
    key_n0      bigint           not null,
    key_n1      bigint           not null,
    key_text    text collate "C" not null,
    version     integer          not null,
    payload     bytea,
    modified_at timestamptz      not null default now(),
    primary key (service_id, state_name, key_n0, key_n1, key_text)
) with (fillfactor = 80); -- room on the page for the next version of a row, so that no index entry changes

comment on column grain_state.payload is 'JSON in UTF-8: convert_from(payload, ''UTF8''); null when the state was cleared';

-- Each writing query answers exactly one row, with null where the expected version was not there. The provider takes
-- null for a conflict, but no row at all for success wherever an ETag was given.
insert into OrleansQuery (QueryKey, QueryText) values
('ReadFromStorageKey', $query$
select payload as PayloadBinary, version as Version
from grain_state
where service_id = @ServiceId
  and state_name = @GrainTypeString
  and key_n0 = @GrainIdN0
  and key_n1 = @GrainIdN1
  and key_text = coalesce(@GrainIdExtensionString, '')
$query$),

-- Of two first writes the primary key lets one in; the other does nothing and so answers null.
('WriteToStorageKey', $query$
with updated as (
    update grain_state
    set payload = @PayloadBinary, version = version + 1, modified_at = now()
    where service_id = @ServiceId
      and state_name = @GrainTypeString
      and key_n0 = @GrainIdN0
      and key_n1 = @GrainIdN1
      and key_text = coalesce(@GrainIdExtensionString, '')
      and version = @GrainStateVersion
    returning version
), inserted as (
    insert into grain_state (service_id, state_name, key_n0, key_n1, key_text, version, payload)
    select @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
    where @GrainStateVersion is null
    on conflict do nothing
    returning version
)
select coalesce((select version from updated), (select version from inserted)) as NewGrainStateVersion
$query$),

('ClearStorageKey', $query$
with cleared as (
    update grain_state
    set payload = null, version = version + 1, modified_at = now()
    where service_id = @ServiceId
      and state_name = @GrainTypeString
      and key_n0 = @GrainIdN0
      and key_n1 = @GrainIdN1
      and key_text = coalesce(@GrainIdExtensionString, '')
      and version = @GrainStateVersion
    returning version
)
select (select version from cleared) as NewGrainStateVersion
$query$),

('DeleteStorageKey', $query$
with deleted as (
    delete from grain_state
    where service_id = @ServiceId
      and state_name = @GrainTypeString
      and key_n0 = @GrainIdN0
      and key_n1 = @GrainIdN1
      and key_text = coalesce(@GrainIdExtensionString, '')
      and version = @GrainStateVersion
    returning version
)
select (select version + 1 from deleted) as NewGrainStateVersion
$query$);
