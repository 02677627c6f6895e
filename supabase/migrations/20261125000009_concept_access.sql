-- Who may do what. What each migration made it closed at its end: old projects hand new tables and functions to everybody, new ones
-- to nobody.

-- The newest migration: a client compares it with its own.
create or replace function concept_private.migration() returns text
  language sql immutable set search_path = '' as $$ select '20261125000009' $$;

-- What is private is reached by the functions alone, which run as their owner.
revoke all on schema concept_private from public, anon, authenticated, service_role;
revoke all on all tables in schema concept_private from public, anon, authenticated, service_role;
revoke all on all sequences in schema concept_private from public, anon, authenticated, service_role;
revoke all on all functions in schema concept_private from public, anon, authenticated, service_role;

alter table public.tasks enable row level security;
alter table public.concepts enable row level security;
alter table public.color_variations enable row level security;
alter table public.task_results enable row level security;
alter table concept_private.events enable row level security;
alter table concept_private.checkpoints enable row level security;
alter table concept_private.fair_turns enable row level security;
alter table concept_private.workers enable row level security;
alter table concept_private.batches enable row level security;
alter table concept_private.blob_refs enable row level security;
alter table concept_private.credit_accounts enable row level security;
alter table concept_private.credit_ledger enable row level security;

-- Users read, and change nothing but through functions. A deployment that has policies of its own on a table lets its own programs
-- do something there: what it granted stays, and those policies go on to decide.
do $$
declare
  own_table regclass;
begin
  foreach own_table in array
    array['public.tasks', 'public.concepts', 'public.color_variations', 'public.task_results']::regclass[]
  loop
    if exists (select from pg_catalog.pg_policy where polrelid = own_table and polname !~ '^concept__') then
      -- No policy decides about these.
      execute format('revoke truncate, references, trigger on %s from public, anon, authenticated', own_table);
      raise warning 'table % has policies of its own: what they allow to users stays allowed', own_table;
    else
      execute format('revoke all on %s from public, anon, authenticated', own_table);
    end if;
  end loop;
end $$;
grant select on public.tasks, public.concepts, public.color_variations, public.task_results to authenticated;
grant all on public.tasks, public.concepts, public.color_variations, public.task_results to service_role;

drop policy if exists concept__tasks_own on public.tasks;
create policy concept__tasks_own on public.tasks for select to authenticated
  using (user_id = (select auth.uid())::text);
drop policy if exists concept__concepts_own on public.concepts;
create policy concept__concepts_own on public.concepts for select to authenticated
  using (user_id = (select auth.uid())::text);
drop policy if exists concept__variations_own on public.color_variations;
create policy concept__variations_own on public.color_variations for select to authenticated
  using (exists (select 1 from public.concepts concept
    where concept.id = concept_id and concept.user_id = (select auth.uid())::text));
drop policy if exists concept__results_own on public.task_results;
create policy concept__results_own on public.task_results for select to authenticated
  using (user_id = (select auth.uid())::text);

-- The functions of owners: whose rows they see comes from the token.
grant execute on function public.concept_submit(jsonb), public.concept_get_task(jsonb), public.concept_list_tasks(jsonb),
  public.concept_count_tasks(jsonb), public.concept_cancel_task(jsonb), public.concept_retry_task(jsonb),
  public.concept_cancel_tasks(jsonb), public.concept_retry_tasks(jsonb), public.concept_list_events(jsonb),
  public.concept_get_concept(jsonb), public.concept_list_concepts(jsonb), public.concept_get_result(jsonb),
  public.concept_open_batch(jsonb), public.concept_get_batch(jsonb), public.concept_credit_balance(jsonb),
  public.concept_pin_task(jsonb) to authenticated, service_role;

-- Those of workers and operators.
grant execute on function public.concept_register_worker(jsonb), public.concept_heartbeat(jsonb), public.concept_retire_worker(jsonb),
  public.concept_live_workers(jsonb), public.concept_claim(jsonb), public.concept_record(jsonb), public.concept_checkpoint(jsonb),
  public.concept_complete(jsonb), public.concept_fail(jsonb), public.concept_release(jsonb), public.concept_sweep(jsonb),
  public.concept_grant_credits(jsonb), public.concept_finished_tasks(jsonb), public.concept_remove_tasks(jsonb),
  public.concept_referenced_blobs(jsonb), public.concept_prune(jsonb), public.concept_diagnose(jsonb),
  public.concept_outbox_take(jsonb), public.concept_outbox_mark(jsonb), public.concept_refuse(jsonb), public.concept_peek(jsonb) to service_role;

-- The buckets, and what a user reaches in them: what lies below a folder of the own id. A bucket that is there stays as it is.
do $$
begin
  if to_regclass('storage.objects') is null then
    raise warning 'the database has no storage: its buckets and policies were left out';
    return;
  end if;
  insert into storage.buckets (id, name, public)
    select bucket, bucket, false
      from unnest(array['concepts' /* concept bucket */, 'palettes' /* palette bucket */]) as bucket
    on conflict do nothing;

  drop policy if exists concept__objects_own_read on storage.objects;
  create policy concept__objects_own_read on storage.objects for select to authenticated
    using (bucket_id in ('concepts' /* concept bucket */, 'palettes' /* palette bucket */)
      and (storage.foldername(name))[1] = (select auth.uid())::text);
  drop policy if exists concept__objects_own_write on storage.objects;
  create policy concept__objects_own_write on storage.objects for insert to authenticated
    with check (bucket_id in ('concepts' /* concept bucket */, 'palettes' /* palette bucket */)
      and (storage.foldername(name))[1] = (select auth.uid())::text);
  -- An upload that finds its object there writes it again.
  drop policy if exists concept__objects_own_change on storage.objects;
  create policy concept__objects_own_change on storage.objects for update to authenticated
    using (bucket_id in ('concepts' /* concept bucket */, 'palettes' /* palette bucket */)
      and (storage.foldername(name))[1] = (select auth.uid())::text);
exception when insufficient_privilege then
  raise warning 'this role may not set up the storage (%): make the buckets and their policies in the dashboard', sqlerrm;
end $$;
