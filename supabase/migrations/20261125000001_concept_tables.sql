-- Tables of concept. Existing tables of a running deployment are extended in place; their rows are kept.
-- Names: `public.<table>`, the schema `concept_private` and whatever begins with `concept__` take the deployment's suffix when
-- this is printed by `concept db sql --suffix`.

create schema if not exists concept_private;
-- What is private is reached by the functions alone, which run as their owner.
revoke all on schema concept_private from public, anon, authenticated, service_role;

-- What is made here is closed from its first moment; tables of a running deployment stay as they are until the last migration.
do $$
declare
  missing text[] := array(
    select own.name from unnest(array['public.tasks', 'public.concepts', 'public.color_variations', 'public.task_results']) own(name)
      where to_regclass(own.name) is null);
  made text;
begin
  create table if not exists public.tasks (
    id uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    user_id text not null,
    type text not null,
    status text not null default 'pending',
    result_id uuid,
    error_message text,
    metadata jsonb
  );
  create table if not exists public.concepts (
    id uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    user_id text not null,
    logo_description text not null,
    theme_description text not null,
    image_path text not null,
    image_url text,
    is_anonymous boolean not null default false,
    task_id uuid,
    refinement_prompt text,
    original_image_url text
  );
  create table if not exists public.color_variations (
    id uuid primary key default gen_random_uuid(),
    concept_id uuid not null references public.concepts (id) on delete cascade,
    palette_name text not null,
    colors jsonb not null,
    description text,
    image_path text not null,
    image_url text
  );
  create table if not exists public.task_results (
    id uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    task_id uuid not null unique,
    user_id text not null,
    kind text not null,
    data jsonb not null,
    files jsonb not null
  );
  foreach made in array missing loop
    execute format('alter table %s enable row level security', made);
    execute format('revoke all on %s from public, anon, authenticated', made);
  end loop;
end $$;

-- `turn` is the place in line among the tasks of a priority; `waiting`: run_at is still to come, so that a claim never looks at
-- times; `held`: claimed ahead of a free slot, nothing known of it yet; `input` is null on rows of an older publisher until a
-- message brings it; `submit_write`, `last_write` and `ended_write` name the call that made the row, the last one that changed it and
-- the last one that ended an attempt, so that a repeated call is answered and not done again.
alter table public.tasks
  add column if not exists result_id uuid,
  add column if not exists error_message text,
  add column if not exists metadata jsonb,
  add column if not exists seq bigint generated always as identity,
  add column if not exists input jsonb,
  add column if not exists input_hash text,
  add column if not exists priority integer not null default 0,
  add column if not exists run_at timestamptz not null default now(),
  add column if not exists waiting boolean not null default false,
  add column if not exists turn bigint not null default 0,
  add column if not exists attempt integer not null default 0,
  add column if not exists max_attempts integer not null default 3,
  add column if not exists lease_token text,
  add column if not exists lease_owner text,
  add column if not exists held boolean not null default false,
  add column if not exists provider text,
  add column if not exists idempotency_key text,
  add column if not exists batch_id text,
  add column if not exists partial boolean not null default false,
  add column if not exists pinned boolean not null default false,
  add column if not exists error jsonb,
  add column if not exists progress jsonb,
  add column if not exists event_seq integer not null default 0,
  add column if not exists published_at timestamptz,
  add column if not exists started_at timestamptz,
  add column if not exists completed_at timestamptz,
  add column if not exists submit_write text,
  add column if not exists last_write text,
  add column if not exists ended_write text;

-- What a deployment had laid down for fewer states and types, and for results that were all concepts.
do $$
declare
  outgrown record;
begin
  for outgrown in select con.conname from pg_catalog.pg_constraint con
    join pg_catalog.pg_attribute att on att.attrelid = con.conrelid and con.conkey = array[att.attnum]
    where con.conrelid = 'public.tasks'::regclass
      and (con.contype = 'c' and att.attname in ('status', 'type') or con.contype = 'f' and att.attname = 'result_id')
  loop
    execute format('alter table public.tasks drop constraint %I', outgrown.conname);
  end loop;
end $$;
-- Rows from before may be of a state that nobody knows any more: they stay.
alter table public.tasks add constraint concept__tasks_status
  check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')) not valid;

alter table public.concepts
  add column if not exists image_url text,
  add column if not exists is_anonymous boolean not null default false,
  add column if not exists task_id uuid,
  add column if not exists refinement_prompt text,
  add column if not exists original_image_url text,
  add column if not exists seq bigint generated always as identity,
  add column if not exists image jsonb,
  add column if not exists scene jsonb,
  add column if not exists refinement jsonb,
  add column if not exists warnings jsonb not null default '[]';

alter table public.color_variations
  add column if not exists description text,
  add column if not exists image_url text,
  add column if not exists position integer not null default 0,
  add column if not exists roles jsonb,
  add column if not exists image jsonb;

create index if not exists concept__tasks_ready on public.tasks (type, priority desc, turn, seq)
  where status = 'pending' and not waiting and input is not null;
-- For claims under limits, which may have to step over all that the users at theirs have in line.
create index if not exists concept__tasks_user_line on public.tasks (user_id, type, priority desc, turn, seq)
  where status = 'pending' and not waiting and input is not null;
create index if not exists concept__tasks_waiting on public.tasks (run_at) where status = 'pending' and waiting;
create index if not exists concept__tasks_retrying on public.tasks (updated_at)
  where status = 'pending' and waiting and error is not null;
create index if not exists concept__tasks_processing on public.tasks (lease_owner) where status = 'processing';
create index if not exists concept__tasks_unpublished on public.tasks (published_at nulls first, seq)
  where status = 'pending' and not waiting and input is not null;
create index if not exists concept__tasks_user on public.tasks (user_id, seq);
create index if not exists concept__tasks_status on public.tasks (status, seq);
create index if not exists concept__tasks_batch on public.tasks (batch_id, seq) where batch_id is not null;
create index if not exists concept__tasks_error on public.tasks ((error ->> 'code'), seq) where error is not null;
create unique index if not exists concept__tasks_idempotency on public.tasks (user_id, idempotency_key)
  where idempotency_key is not null;
create unique index if not exists concept__tasks_seq on public.tasks (seq);
create unique index if not exists concept__concepts_seq on public.concepts (seq);
create index if not exists concept__concepts_user on public.concepts (user_id, seq);
create index if not exists concept__concepts_task on public.concepts (task_id);
create index if not exists concept__concepts_image on public.concepts (image_path);
create index if not exists concept__variations_image on public.color_variations (image_path);
create index if not exists concept__variations_concept on public.color_variations (concept_id, position);

-- A queue table changes all the time: stale statistics make bad plans.
alter table public.tasks set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

create table if not exists concept_private.events (
  task_id uuid not null references public.tasks (id) on delete cascade,
  seq integer not null,
  type text not null,
  at timestamptz not null,
  attempt integer not null,
  data jsonb not null,
  primary key (task_id, seq)
);

create table if not exists concept_private.checkpoints (
  position bigint generated always as identity,
  task_id uuid not null references public.tasks (id) on delete cascade,
  stage text not null,
  data jsonb not null,
  primary key (task_id, stage)
);

-- The highest turn given to a user, by priority; the row of the empty user is the highest turn that was claimed.
create table if not exists concept_private.fair_turns (
  priority integer not null,
  user_id text not null,
  turn bigint not null,
  primary key (priority, user_id)
);

-- One expiry per worker: a heartbeat renews all of its leases at once.
create table if not exists concept_private.workers (
  seq bigint generated always as identity,
  id text primary key,
  kind text not null,
  host text not null,
  pid integer not null,
  types jsonb,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  dead boolean not null default false,
  ended_at timestamptz,
  last_write text
);
create index if not exists concept__workers_live on concept_private.workers (expires_at) where not dead;

create table if not exists concept_private.batches (
  id text primary key,
  user_id text not null,
  name text not null,
  created_at timestamptz not null,
  unique (user_id, name)
);

create table if not exists concept_private.blob_refs (
  path text not null,
  task_id uuid not null references public.tasks (id) on delete cascade,
  bytes bigint not null default 0,
  primary key (path, task_id)
);
create index if not exists concept__blob_refs_task on concept_private.blob_refs (task_id);

create table if not exists concept_private.credit_accounts (
  user_id text primary key,
  available bigint not null default 0 check (available >= 0),
  held bigint not null default 0 check (held >= 0)
);
-- Append only: a task's hold, and its capture or refund, once each per round; a retry begins a new round. Amounts are what they
-- do to what is available.
create table if not exists concept_private.credit_ledger (
  id bigint generated always as identity primary key,
  user_id text not null,
  task_id uuid,
  kind text not null check (kind in ('grant', 'hold', 'capture', 'refund')),
  amount bigint not null,
  grant_key text,
  round integer not null default 0,
  at timestamptz not null,
  unique (task_id, round, kind),
  unique (user_id, grant_key)
);

-- What users pay, by type on the wire: as the last grant or the last worker to begin said it. Nobody's own call says what it costs.
create table if not exists concept_private.credit_costs (
  type text primary key,
  cost bigint not null check (cost >= 0)
);
alter table concept_private.credit_costs enable row level security;

-- Answers of calls that may be repeated after something else has changed what they changed.
create table if not exists concept_private.writes (
  id text primary key,
  at timestamptz not null,
  answer jsonb
);
create index if not exists concept__writes_at on concept_private.writes (at);
alter table concept_private.writes enable row level security;
