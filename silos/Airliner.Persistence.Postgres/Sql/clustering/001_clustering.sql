-- Cluster membership for Microsoft.Orleans.Clustering.AdoNet 10.4. The provider sends what it finds under ten keys in
-- OrleansQuery, the one name here that is Orleans' and not ours; parameters and result columns are its contract.

create table if not exists OrleansQuery (
    QueryKey  text not null primary key,
    QueryText text not null
);

-- One row per cluster: every change of a member raises the version, and is made only against the version its writer read.
create table cluster_version (
    cluster_id text collate "C" not null primary key,
    version    integer          not null default 0,
    changed_at timestamptz      not null default now()
);

-- Times are timestamptz: the provider writes and expects UTC. status is Orleans.Runtime.SiloStatus (3 active, 6 dead).
create table cluster_member (
    cluster_id    text collate "C" not null references cluster_version on delete cascade,
    address       text collate "C" not null,
    port          integer          not null,
    generation    integer          not null,
    silo_name     text             not null,
    host_name     text             not null,
    status        integer          not null check (status between 0 and 6),
    gateway_port  integer          not null check (gateway_port between 0 and 65535),
    suspect_times text,
    started_at    timestamptz      not null,
    alive_at      timestamptz      not null,
    primary key (cluster_id, address, port, generation)
);

insert into OrleansQuery (QueryKey, QueryText) values
('InsertMembershipVersionKey', $query$
with inserted as (
    insert into cluster_version (cluster_id) values (@DeploymentId)
    on conflict do nothing
    returning 1
)
select exists (select from inserted)
$query$),

-- The expected version is locked first; the member is written only under it, and the version raised only with the
-- member, so either both change or neither. A writer who waited for the lock sees the raised version and finds nothing.
('InsertMembershipKey', $query$
with expected as (
    select cluster_id from cluster_version
    where cluster_id = @DeploymentId and version = @Version
    for no key update
), inserted as (
    insert into cluster_member
        (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
    select cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    from expected
    on conflict do nothing
    returning cluster_id
), raised as (
    update cluster_version v
    set version = v.version + 1, changed_at = now()
    from inserted
    where v.cluster_id = inserted.cluster_id
    returning 1
)
select exists (select from raised)
$query$),

-- A heartbeat may overtake this write, so the later time stays.
('UpdateMembershipKey', $query$
with expected as (
    select cluster_id from cluster_version
    where cluster_id = @DeploymentId and version = @Version
    for no key update
), updated as (
    update cluster_member m
    set status = @Status, suspect_times = @SuspectTimes, alive_at = greatest(m.alive_at, @IAmAliveTime)
    from expected
    where m.cluster_id = expected.cluster_id
      and m.address = @Address
      and m.port = @Port
      and m.generation = @Generation
    returning m.cluster_id
), raised as (
    update cluster_version v
    set version = v.version + 1, changed_at = now()
    from updated
    where v.cluster_id = updated.cluster_id
    returning 1
)
select exists (select from raised)
$query$),

-- A heartbeat is no change of membership: the version stays.
('UpdateIAmAlivetimeKey', $query$
update cluster_member
set alive_at = greatest(alive_at, @IAmAliveTime)
where cluster_id = @DeploymentId
  and address = @Address
  and port = @Port
  and generation = @Generation
$query$),

-- Outer joins: the version is answered even where there is no member.
('MembershipReadRowKey', $query$
select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
       m.host_name as HostName, m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes,
       m.started_at as StartTime, m.alive_at as IAmAliveTime
from cluster_version v
left join cluster_member m
    on m.cluster_id = v.cluster_id and m.address = @Address and m.port = @Port and m.generation = @Generation
where v.cluster_id = @DeploymentId
$query$),

('MembershipReadAllKey', $query$
select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
       m.host_name as HostName, m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes,
       m.started_at as StartTime, m.alive_at as IAmAliveTime
from cluster_version v
left join cluster_member m on m.cluster_id = v.cluster_id
where v.cluster_id = @DeploymentId
$query$),

('GatewaysQueryKey', $query$
select address as Address, gateway_port as ProxyPort, generation as Generation
from cluster_member
where cluster_id = @DeploymentId and status = @Status and gateway_port > 0
$query$),

-- The members go with it.
('DeleteMembershipTableEntriesKey', $query$
delete from cluster_version where cluster_id = @DeploymentId
$query$),

-- Dead members alone: a member that is still joining can look just as old.
('CleanupDefunctSiloEntriesKey', $query$
delete from cluster_member
where cluster_id = @DeploymentId
  and status = 6
  and started_at < @IAmAliveTime
  and alive_at < @IAmAliveTime
  and coalesce(suspect_times, '') = ''
$query$),

-- One dead member, as long as it is as the provider read it: the provider has judged its age and its suspicions.
('CleanupDefunctSiloEntryKey', $query$
delete from cluster_member
where cluster_id = @DeploymentId
  and address = @Address
  and port = @Port
  and generation = @Generation
  and status = 6
  and started_at = @StartTime
  and alive_at = @IAmAliveTime
  and coalesce(suspect_times, '') = coalesce(@SuspectTimes, '')
$query$);
