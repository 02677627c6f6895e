-- A worker's right to its tasks. Only the service role calls these.

create or replace function concept_private.is_alive(worker_id text) returns boolean
  language plpgsql volatile set search_path = '' as $$
begin
  return exists (select 1 from concept_private.workers worker
    where worker.id = worker_id and not worker.dead and worker.expires_at > concept_private.now());
end $$;

create or replace function public.concept_register_worker(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
begin
  insert into concept_private.workers (id, kind, host, pid, types, started_at, expires_at, last_write)
    values (request ->> 'id', request ->> 'kind', request ->> 'host', (request ->> 'pid')::integer, request -> 'types', now,
      now + (request ->> 'leaseMs')::double precision * interval '1 millisecond', request ->> 'writeId')
    on conflict do nothing;
  if not found and not exists (select 1 from concept_private.workers worker
      where worker.id = request ->> 'id' and worker.last_write = request ->> 'writeId') then
    perform concept_private.fail(400, 'INVALID_INPUT', format('id: worker id %s was used before', request ->> 'id'),
      'register under a fresh id', 'id');
  end if;
  perform concept_private.note_costs(request);
  return jsonb_build_object('id', request ->> 'id');
end $$;

-- Gives an unfinished task back: the attempt does not count, and the next worker may take it at once.
create or replace function concept_private.give_back(task public.tasks, write_id text) returns public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  worker text := task.lease_owner;
begin
  update public.tasks set status = 'pending', attempt = attempt - 1, progress = null, run_at = now, waiting = false, held = false,
    lease_token = null, lease_owner = null, published_at = null, updated_at = now, event_seq = event_seq + 1,
    last_write = write_id, ended_write = write_id where id = task.id returning * into task;
  -- An attempt that does not count any more is still the one that the event tells of.
  perform concept_private.tell(task.id, task.event_seq, 'released', task.attempt + 1, jsonb_build_object('workerId', worker));
  return task;
end $$;

-- A claim whose answer was lost for good leaves tasks that their worker knows nothing of, and its beats would keep them from all others
-- for as long as it lives. Gives back those that are not among the tokens it holds.
create or replace function concept_private.give_back_unheard(worker text, tokens text[], write_id text) returns void
  language plpgsql volatile set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  -- An answer comes within 20 s or never: a client tries for 10 s, and its last try may take as long. A beat comes as late at worst,
  -- and its list is of when it began. The rest is for calls that were given up and are carried out all the same.
  unheard_after constant interval := '60 seconds';
  task public.tasks;
begin
  for task in
    select hit.* from public.tasks hit where hit.status = 'processing' and hit.lease_owner = worker
      and hit.started_at <= concept_private.now() - unheard_after and hit.lease_token <> all (tokens) for update skip locked
  loop
    perform concept_private.give_back(task, write_id);
  end loop;
end $$;

-- One statement renews all leases of a worker; what has run out is never revived.
create or replace function public.concept_heartbeat(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  alive boolean;
begin
  update concept_private.workers set expires_at = now + (request ->> 'leaseMs')::double precision * interval '1 millisecond'
    where id = request ->> 'workerId' and not dead and expires_at > now;
  alive := found;
  if alive then
    perform concept_private.give_back_unheard(request ->> 'workerId',
      array(select lease ->> 'token' from jsonb_array_elements(request -> 'held') lease), request ->> 'writeId');
  end if;
  return jsonb_build_object('alive', alive, 'lost', coalesce((
    select jsonb_agg(lease) from jsonb_array_elements(request -> 'held') lease
    where not alive or not exists (select 1 from public.tasks task
      where task.id = concept_private.as_uuid(lease ->> 'taskId') and task.status = 'processing'
        and task.lease_token = lease ->> 'token' and task.lease_owner = lease ->> 'workerId')), '[]'));
end $$;

create or replace function public.concept_retire_worker(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
begin
  update concept_private.workers set dead = true, expires_at = least(expires_at, now), ended_at = now
    where id = request ->> 'workerId' and not dead;
  return jsonb_build_object('retired', found);
end $$;

create or replace function public.concept_live_workers(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return jsonb_build_object('workers', coalesce((
    select jsonb_agg(jsonb_build_object('id', worker.id, 'kind', worker.kind, 'host', worker.host, 'pid', worker.pid,
      'types', worker.types, 'startedAt', concept_private.iso(worker.started_at),
      'expiresAt', concept_private.iso(worker.expires_at)) order by worker.seq)
    from concept_private.workers worker where not worker.dead and worker.expires_at > concept_private.now()), '[]'));
end $$;

-- The front of the lines of these types, in claim order. Only by the index, whatever the statistics say of a table that changes all
-- the time: any other plan reads all that waits.
create or replace function concept_private.front_of_line(types jsonb, look integer) returns table (id uuid, type text, user_id text)
  language plpgsql stable set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
begin
  return query select head.id, head.type::text, head.user_id::text from jsonb_array_elements_text(types) line(type)
    cross join lateral (
      select task.id, task.type, task.user_id, task.priority, task.turn, task.seq from public.tasks task
      where task.status = 'pending' and not task.waiting and task.input is not null and task.type = line.type
      order by task.priority desc, task.turn, task.seq limit look) head
    order by head.priority desc, head.turn, head.seq;
end $$;

-- The first tasks of every user but some, in claim order. Goes from user to user, however many tasks each of them has in line.
create or replace function concept_private.fronts_of_users(types jsonb, look bigint, full_users text[])
  returns table (id uuid, type text, user_id text)
  language plpgsql stable set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
begin
  return query with recursive waiter as (
    (select task.user_id::text as user_id from public.tasks task
      where task.status = 'pending' and not task.waiting and task.input is not null order by task.user_id limit 1)
    union all
    select (select task.user_id::text from public.tasks task where task.status = 'pending' and not task.waiting and task.input is not null
        and task.user_id > waiter.user_id order by task.user_id limit 1)
      from waiter where waiter.user_id is not null
  )
  select head.id, head.type::text, waiter.user_id from waiter
    cross join jsonb_array_elements_text(types) line(type)
    cross join lateral (
      select task.id, task.type, task.priority, task.turn, task.seq from public.tasks task
      where task.status = 'pending' and not task.waiting and task.input is not null
        and task.user_id = waiter.user_id and task.type = line.type
      order by task.priority desc, task.turn, task.seq limit look) head
    where waiter.user_id <> all (full_users)
    order by head.priority desc, head.turn, head.seq;
end $$;

-- What is processing at this moment. These are few, so they are counted anew for each claim: a counter could go wrong.
create or replace function concept_private.count_running(provider_name text) returns jsonb
  language plpgsql stable set search_path = '' set jit = off set enable_seqscan = off as $$
begin
  return (
    with counted as materialized (
      select task.type, task.user_id, task.provider, count(*) as count from public.tasks task where task.status = 'processing'
        group by task.type, task.user_id, task.provider
    )
    select jsonb_build_object(
      'total', coalesce((select sum(counted.count) from counted), 0),
      'provider', coalesce((select sum(counted.count) from counted where counted.provider = provider_name), 0),
      'types', coalesce((select jsonb_object_agg(of_type.type, of_type.sum) from (
        select counted.type, sum(counted.count) from counted group by counted.type) of_type), '{}'),
      'users', coalesce((select jsonb_object_agg(of_user.user_id, of_user.sum) from (
        select counted.user_id, sum(counted.count) from counted group by counted.user_id) of_user), '{}')));
end $$;

create or replace function concept_private.is_full(counts jsonb, key text, most bigint) returns boolean
  language sql immutable set search_path = ''
  as $$ select most is not null and coalesce((counts ->> key)::bigint, 0) >= most $$;

create or replace function concept_private.one_more(counts jsonb, key text) returns jsonb
  language sql immutable set search_path = ''
  as $$ select counts || jsonb_build_object(key, coalesce((counts ->> key)::bigint, 0) + 1) $$;

-- Locks the next tasks in line that the limits leave room for; what others have in hand is passed over. Rows are locked one by one:
-- a limited subquery that locks may be run more than once by a plan made from stale statistics, and then takes them all.
create or replace function concept_private.take_next(request jsonb, wanted integer) returns uuid[]
  language plpgsql volatile set search_path = '' as $$
declare
  limits jsonb := coalesce(request -> 'limits', '{}');
  per_user bigint := (limits ->> 'perUser')::bigint;
  running jsonb := case when limits = '{}' then '{"types":{},"users":{}}' else concept_private.count_running(request ->> 'provider') end;
  by_type jsonb := running -> 'types';
  by_user jsonb := running -> 'users';
  room bigint := least(wanted, (limits ->> 'total')::bigint - (running ->> 'total')::bigint,
    case when request ? 'provider' then (limits ->> 'perProvider')::bigint - (running ->> 'provider')::bigint end);
  look integer := room + 32;
  seen integer;
  seen_before integer := -1;
  head record;
  taken uuid[] := '{}';
begin
  while cardinality(taken) < room loop
    seen := 0;
    for head in
      select front.* from concept_private.front_of_line(request -> 'types', look) front where seen_before < 0 or per_user is null
      union all
      select front.* from concept_private.fronts_of_users(request -> 'types', per_user, (
          select coalesce(array_agg(counted.key), '{}') from jsonb_each_text(by_user) counted where counted.value::bigint >= per_user)) front
        where seen_before >= 0 and per_user is not null
    loop
      seen := seen + 1;
      continue when seen_before >= 0 and head.id = any (taken)
        or concept_private.is_full(by_type, head.type, (limits -> 'perType' ->> head.type)::bigint)
        or concept_private.is_full(by_user, head.user_id, per_user);
      perform 1 from public.tasks task where task.id = head.id and case when task.status = 'pending' then not task.waiting end
        for update skip locked;
      continue when not found;
      taken := taken || head.id;
      by_type := concept_private.one_more(by_type, head.type);
      if per_user is not null then by_user := concept_private.one_more(by_user, head.user_id); end if;
      exit when cardinality(taken) >= room;
    end loop;
    -- Others hold the front of the line, or it belongs to users at their limit: what is behind them is next.
    exit when seen <= seen_before or seen < look or (per_user is not null and seen_before >= 0);
    seen_before := seen;
    look := look * 8;
  end loop;
  return taken;
end $$;

-- The one that a delivery names, when it is in line and the limits leave room for it. An older publisher's row has no input: its
-- message brings it, also where the task cannot be taken now, as an older worker has it for example. From then on the row brings the
-- task back, and the message is not needed any more. Who has the row in hand is waited for: it may only be told that the message is on
-- its way.
create or replace function concept_private.take_named(request jsonb) returns uuid[]
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  limits jsonb := coalesce(request -> 'limits', '{}');
  running jsonb;
  message jsonb := request -> 'message';
  task public.tasks;
begin
  select hit.* into task from public.tasks hit where hit.id = concept_private.as_uuid(request ->> 'taskId')
    and case hit.status
      when 'pending' then hit.run_at <= now and request -> 'types' ? hit.type or hit.input is null and hit.lease_owner is null
      when 'processing' then hit.input is null and hit.lease_owner is null end for update;
  if task.id is null then return '{}'; end if;
  if task.input is null then
    if message is null or message ->> 'userId' is distinct from task.user_id then return '{}'; end if;
    if message ->> 'type' is distinct from task.type then
      perform concept_private.fail(400, 'INVALID_INPUT', format('task_type: it is of type %s, and its task of type %s',
        message ->> 'type', task.type), 'publish it with the type of its task', 'task_type');
    end if;
    -- Not `updated_at`: it tells how long an older worker has been silent.
    update public.tasks set input = message -> 'input', input_hash = message ->> 'inputHash', published_at = now
      where id = task.id returning * into task;
    perform concept_private.refer_input(task.id, task.input);
  end if;
  -- It never stood in line: without a turn it would be before everybody there.
  if task.status = 'pending' and task.turn = 0 then
    update public.tasks set turn = concept_private.take_turn(task.priority, task.user_id) where id = task.id;
  end if;
  if task.status <> 'pending' or task.run_at > now or not request -> 'types' ? task.type then return '{}'; end if;
  if limits <> '{}' then
    running := concept_private.count_running(request ->> 'provider');
    if concept_private.is_full(running, 'total', (limits ->> 'total')::bigint)
      or request ? 'provider' and concept_private.is_full(running, 'provider', (limits ->> 'perProvider')::bigint)
      or concept_private.is_full(running -> 'types', task.type, (limits -> 'perType' ->> task.type)::bigint)
      or concept_private.is_full(running -> 'users', task.user_id, (limits ->> 'perUser')::bigint) then
      return '{}';
    end if;
  end if;
  return array[task.id];
end $$;

create or replace function concept_private.claims_json(worker text, write_id text) returns jsonb
  language plpgsql stable set search_path = '' set jit = off set enable_seqscan = off as $$
begin
  return (select jsonb_agg(jsonb_build_object('task', concept_private.task_json(task), 'checkpoints', coalesce((
        select jsonb_agg(jsonb_build_object('stage', checkpoint.stage, 'data', checkpoint.data) order by checkpoint.position)
        from concept_private.checkpoints checkpoint where checkpoint.task_id = task.id), '[]'))
      order by task.priority desc, task.turn, task.seq)
    from public.tasks task where task.status = 'processing' and task.lease_owner = worker
      and starts_with(task.lease_token, write_id || '/'));
end $$;

-- Begins an attempt of each; those that are not among the first so many are held until a slot is free.
create or replace function concept_private.start_attempts(request jsonb, ids uuid[]) returns void
  language plpgsql volatile set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  now timestamptz := concept_private.now();
  in_slots integer := (request ->> 'limit')::integer;
begin
  with started as (
    update public.tasks task set status = 'processing', waiting = false, attempt = task.attempt + 1, progress = null,
      started_at = now, updated_at = now, event_seq = task.event_seq + 1, held = array_position(ids, task.id) > in_slots,
      lease_token = (request ->> 'writeId') || '/' || array_position(ids, task.id), lease_owner = request ->> 'workerId',
      provider = request ->> 'provider', last_write = request ->> 'writeId'
    where task.id = any (ids)
      -- Only what never ran is held ahead: a task that takes its worker down does so in a slot of its own.
      and (array_position(ids, task.id) <= in_slots or (task.attempt = 0 and task.error is null))
    returning task.id, task.event_seq, task.attempt, task.lease_owner
  )
  insert into concept_private.events (task_id, seq, type, at, attempt, data)
    select started.id, started.event_seq, 'claimed', now, started.attempt, jsonb_build_object('workerId', started.lease_owner)
    from started;
end $$;

-- Takes tasks for a live worker. The call's `writeId` begins the tokens of what it took: a repeat gives the same tasks.
create or replace function public.concept_claim(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  worker text := request ->> 'workerId';
  write_id text := request ->> 'writeId';
  ids uuid[];
  claims jsonb;
begin
  -- A repeat that comes while the first is under way would pass over what that one holds, and nobody would hear of it.
  perform pg_advisory_xact_lock(hashtextextended('concept_private claim ' || write_id, 0));
  -- Claims under limits go one after the other: counts of two at a time would both find the last place free.
  if coalesce(request -> 'limits', '{}') <> '{}' then
    perform pg_advisory_xact_lock(hashtextextended('concept_private claims', 0));
  end if;
  -- Held against a sweep that would end the worker at this moment.
  perform 1 from concept_private.workers hit where hit.id = worker for share;
  if not concept_private.is_alive(worker) then
    perform concept_private.fail(409, 'LEASE_LOST', format('the registration of worker %s has run out', worker),
      'register under a new worker id and claim again');
  end if;
  claims := concept_private.claims_json(worker, write_id);
  if claims is not null then return jsonb_build_object('claims', claims); end if;
  if request ? 'taskId' then
    ids := concept_private.take_named(request);
  else
    perform concept_private.promote_due();
    ids := concept_private.take_next(request, (request ->> 'limit')::integer + coalesce((request ->> 'ahead')::integer, 0));
  end if;
  if ids = '{}' then return jsonb_build_object('claims', '[]'::jsonb); end if;
  perform concept_private.start_attempts(request, ids);
  claims := concept_private.claims_json(worker, write_id);
  -- Last, as other claims of the priority wait for it.
  perform concept_private.serve_turns(ids);
  return jsonb_build_object('claims', coalesce(claims, '[]'));
end $$;

-- What ended an attempt is known as long as nothing else ends one: another worker may have begun the next by now.
create or replace function concept_private.is_repeat(task public.tasks, request jsonb) returns boolean
  language sql immutable set search_path = ''
  as $$ select coalesce(request ->> 'writeId' in (task.last_write, task.ended_write), false) $$;

-- Locks the task that a lease gives the right to write. A repeated write finds its own: the caller answers as the first time.
create or replace function concept_private.lock_leased(request jsonb) returns public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  lease jsonb := request -> 'lease';
  task public.tasks;
begin
  select hit.* into task from public.tasks hit where hit.id = concept_private.as_uuid(lease ->> 'taskId') for update;
  if concept_private.is_repeat(task, request) then return task; end if;
  if task.status is distinct from 'processing' or task.lease_token is distinct from lease ->> 'token'
    or task.lease_owner is distinct from lease ->> 'workerId' or not concept_private.is_alive(lease ->> 'workerId') then
    perform concept_private.fail(409, 'LEASE_LOST',
      format('worker %s no longer holds the lease of task %s', lease ->> 'workerId', lease ->> 'taskId'),
      'drop the work: the task was cancelled, or is in line for another worker');
  end if;
  return task;
end $$;

create or replace function public.concept_record(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  events jsonb := request -> 'events';
  now timestamptz := concept_private.now();
begin
  if not concept_private.is_repeat(task, request) then
    insert into concept_private.events (task_id, seq, type, at, attempt, data)
      -- By our clock, where the caller says how long ago: its own may be wrong.
      select task.id, task.event_seq + listed.place, listed.event ->> 'type',
        now - coalesce((listed.event ->> 'agoMs')::double precision, 0) * interval '1 millisecond', task.attempt, listed.event -> 'data'
      from jsonb_array_elements(events) with ordinality listed(event, place);
    update public.tasks set held = false, progress = coalesce(request -> 'progress', progress), updated_at = now,
      event_seq = event_seq + jsonb_array_length(events), last_write = request ->> 'writeId' where id = task.id;
  end if;
  return jsonb_build_object('id', task.id);
end $$;

create or replace function public.concept_checkpoint(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  stage_name text := request -> 'checkpoint' ->> 'stage';
begin
  if not concept_private.is_repeat(task, request) then
    -- A replaced one takes a new place: they come back in the order in which they were written.
    delete from concept_private.checkpoints checkpoint where checkpoint.task_id = task.id and checkpoint.stage = stage_name;
    insert into concept_private.checkpoints (task_id, stage, data)
      values (task.id, stage_name, coalesce(request -> 'checkpoint' -> 'data', 'null'));
    update public.tasks set held = false, updated_at = concept_private.now(), last_write = request ->> 'writeId' where id = task.id;
  end if;
  return jsonb_build_object('id', task.id);
end $$;

create or replace function concept_private.insert_concept(task public.tasks, concept jsonb, base_urls jsonb) returns void
  language plpgsql volatile set search_path = '' as $$
begin
  insert into public.concepts (id, created_at, user_id, logo_description, theme_description, image_path, image_url, task_id,
      refinement_prompt, original_image_url, image, scene, refinement, warnings)
    values ((concept ->> 'id')::uuid, (concept ->> 'createdAt')::timestamptz, concept ->> 'userId', concept ->> 'logoDescription',
      concept ->> 'themeDescription', concept -> 'image' ->> 'path', (base_urls ->> 'concept') || (concept -> 'image' ->> 'path'),
      task.id, concept -> 'refinement' ->> 'prompt', concept -> 'refinement' ->> 'originalImageUrl', concept -> 'image',
      nullif(concept -> 'scene', 'null'), nullif(concept -> 'refinement', 'null'), coalesce(concept -> 'warnings', '[]'));
  insert into public.color_variations (concept_id, palette_name, colors, description, image_path, image_url, position, roles, image)
    select (concept ->> 'id')::uuid, variation -> 'palette' ->> 'name', variation -> 'palette' -> 'colors',
      variation -> 'palette' ->> 'description', variation -> 'image' ->> 'path',
      (base_urls ->> 'palette') || (variation -> 'image' ->> 'path'), number, variation -> 'palette' -> 'roles', variation -> 'image'
    from jsonb_array_elements(concept -> 'variations') with ordinality as listed(variation, number);
end $$;

create or replace function concept_private.refer_files(task uuid, files jsonb) returns void
  language sql volatile set search_path = '' as $$
  insert into concept_private.blob_refs (path, task_id, bytes)
    select file ->> 'path', task, max((file ->> 'bytes')::bigint) from jsonb_array_elements(files) file group by 1
  on conflict (path, task_id) do update set bytes = excluded.bytes $$;

-- The result rows and the task row, in one transaction.
create or replace function public.concept_complete(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  concept jsonb := request -> 'result' -> 'concept';
  result uuid := coalesce((concept ->> 'id')::uuid, task.id);
  partial_result boolean := (request -> 'result' ->> 'partial')::boolean;
  now timestamptz := concept_private.now();
begin
  if concept_private.is_repeat(task, request) then return jsonb_build_object('id', task.id); end if;
  if concept is not null then
    perform concept_private.insert_concept(task, concept, request -> 'imageBaseUrls');
    perform concept_private.refer_files(task.id, jsonb_build_array(concept -> 'image')
      || coalesce((select jsonb_agg(variation -> 'image') from jsonb_array_elements(concept -> 'variations') variation), '[]'));
    insert into concept_private.blob_refs (path, task_id)
      select concept -> 'refinement' ->> 'originalImagePath', task.id where concept -> 'refinement' ->> 'originalImagePath' is not null
      on conflict do nothing;
  else
    insert into public.task_results (task_id, user_id, kind, data, files)
      values (task.id, task.user_id, task.type, request -> 'result' -> 'data', request -> 'result' -> 'files');
    perform concept_private.refer_files(task.id, request -> 'result' -> 'files');
  end if;
  update public.tasks set status = 'completed', result_id = result, partial = partial_result, error = null, error_message = null,
    held = false, lease_token = null, lease_owner = null, completed_at = now, updated_at = now, event_seq = event_seq + 1,
    last_write = request ->> 'writeId', ended_write = request ->> 'writeId' where id = task.id;
  perform concept_private.tell(task.id, task.event_seq + 1, 'completed', task.attempt,
    jsonb_build_object('resultId', result, 'partial', partial_result));
  perform concept_private.end_hold(task.id, 'capture');
  return jsonb_build_object('id', task.id);
end $$;

create or replace function public.concept_fail(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  failure jsonb := request -> 'error';
  now timestamptz := concept_private.now();
  -- By our clock, where the caller says how long from now: its own may be wrong.
  retry_at timestamptz := coalesce(now + (request ->> 'retryInMs')::double precision * interval '1 millisecond',
    (request ->> 'retryAt')::timestamptz);
begin
  if not concept_private.is_repeat(task, request) then
    update public.tasks set status = case when retry_at is null then 'failed' else 'pending' end, error = failure,
      error_message = case when retry_at is null then failure ->> 'message' end, held = false, lease_token = null, lease_owner = null,
      completed_at = case when retry_at is null then now end, run_at = coalesce(retry_at, run_at),
      waiting = coalesce(retry_at > now, false), published_at = case when retry_at is null then published_at end, updated_at = now,
      event_seq = event_seq + 1, last_write = request ->> 'writeId', ended_write = request ->> 'writeId'
      where id = task.id returning * into task;
    if retry_at is null then
      perform concept_private.tell(task.id, task.event_seq, 'failed', task.attempt, jsonb_build_object('error', failure));
      perform concept_private.end_hold(task.id, 'refund');
    else
      perform concept_private.tell(task.id, task.event_seq, 'rescheduled', task.attempt,
        jsonb_build_object('error', failure, 'runAt', concept_private.iso(retry_at)));
    end if;
  end if;
  return jsonb_build_object('task', concept_private.task_json(task));
end $$;

create or replace function public.concept_release(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  task public.tasks := concept_private.lock_leased(request);
begin
  if not concept_private.is_repeat(task, request) then task := concept_private.give_back(task, request ->> 'writeId'); end if;
  return jsonb_build_object('task', concept_private.task_json(task));
end $$;

-- The lease of a task ran out: back in line, or failed when the attempts are used up. One that was only held has not used up any. A
-- worker of an older version takes no lease, and counts no attempts. Finished parts of a result are worth one more claim, for a worker
-- that completes the task with them.
create or replace function concept_private.expire(task public.tasks) returns text
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  is_last boolean := not task.held and (task.attempt > task.max_attempts or task.attempt = task.max_attempts and not exists (
    select 1 from concept_private.checkpoints parts where parts.task_id = task.id and parts.stage = 'concept-storage'));
  failure jsonb := jsonb_strip_nulls(jsonb_build_object('code', 'LEASE_EXPIRED',
    'message', case when task.lease_owner is null then 'a worker of an older version never finished it'
      else format('worker %s stopped renewing its lease', task.lease_owner) || coalesce(' during ' || (task.progress ->> 'stage'), '') end,
    'retryable', true, 'stage', task.progress ->> 'stage'));
begin
  update public.tasks set status = case when is_last then 'failed' else 'pending' end,
    attempt = case when task.held then attempt - 1 else attempt end, error = failure,
    error_message = case when is_last then failure ->> 'message' end, completed_at = case when is_last then now end,
    -- What never stood in line waits for its turn, which is for `promote_due` to give.
    run_at = case when is_last then run_at else now end, waiting = not is_last and turn = 0, held = false, lease_token = null,
    lease_owner = null, published_at = case when is_last then published_at end, updated_at = now, event_seq = event_seq + case when is_last then 2 else 1 end
    where id = task.id;
  perform concept_private.tell(task.id, task.event_seq + 1, 'lease.expired', task.attempt,
    jsonb_build_object('workerId', coalesce(task.lease_owner, 'unknown'), 'error', failure));
  if not is_last then return 'returned'; end if;
  perform concept_private.tell(task.id, task.event_seq + 2, 'failed', task.attempt, jsonb_build_object('error', failure));
  perform concept_private.end_hold(task.id, 'refund');
  return 'failed';
end $$;

-- Ends the leases of workers that are not alive, and takes from older workers what they have left behind, of at most so many tasks.
-- Rows that another sweep has in hand are left to it.
create or replace function public.concept_sweep(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  -- An older worker runs as a function, which its platform ends after nine minutes: it works on no task for so long.
  left_behind_after constant interval := '30 minutes';
  now timestamptz := concept_private.now();
  task public.tasks;
  returned integer := 0;
  failed integer := 0;
begin
  -- One that is in hand may be beating at this moment: it is dead only when nobody renews it, and the next sweep will see.
  update concept_private.workers worker set dead = true, ended_at = coalesce(worker.ended_at, worker.expires_at)
    where worker.id in (select hit.id from concept_private.workers hit
      where not hit.dead and hit.expires_at <= now for update skip locked);
  -- A retry whose time was set by a clock that has been set back since would wait for too long.
  update public.tasks set run_at = now, updated_at = now where id in (select hit.id from public.tasks hit
    where hit.status = 'pending' and hit.waiting and hit.error is not null and hit.updated_at > now + interval '1 second'
    for update skip locked);
  for task in
    select hit.* from public.tasks hit where hit.status = 'processing'
      and case when hit.lease_owner is null then hit.updated_at <= now - left_behind_after
        else not exists (select 1 from concept_private.workers worker where worker.id = hit.lease_owner and not worker.dead) end
      order by hit.seq limit (request ->> 'limit')::integer for update skip locked
  loop
    if concept_private.expire(task) = 'failed' then failed := failed + 1; else returned := returned + 1; end if;
  end loop;
  perform concept_private.promote_due();
  return jsonb_build_object('returned', returned, 'failed', failed);
end $$;

-- Nobody calls them before the last migration says who may.
revoke all on function public.concept_register_worker(jsonb), public.concept_heartbeat(jsonb), public.concept_retire_worker(jsonb),
  public.concept_live_workers(jsonb), public.concept_claim(jsonb), public.concept_record(jsonb), public.concept_checkpoint(jsonb),
  public.concept_complete(jsonb), public.concept_fail(jsonb), public.concept_release(jsonb), public.concept_sweep(jsonb)
  from public, anon, authenticated;
