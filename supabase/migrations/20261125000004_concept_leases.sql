-- A worker's right to its tasks. Only the service role calls these.

create or replace function concept_private.is_alive(worker_id text) returns boolean
  language sql volatile set search_path = '' as $$
  select exists (select 1 from concept_private.workers worker
    where worker.id = worker_id and not worker.dead and worker.expires_at > concept_private.now()) $$;

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
  return jsonb_build_object('id', request ->> 'id');
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

-- Tasks in line, locked, in claim order. What other claims hold is passed over. The lines of the types are read apart, so that a
-- long line of one type is no burden to the others; materialized, as a plan made from stale statistics may otherwise run a
-- limited subquery once per row and take them all.
create or replace function concept_private.ready_tasks(types jsonb, wanted integer) returns setof public.tasks
  language sql volatile set search_path = '' as $$
  with heads as materialized (
    select head.id, head.priority, head.turn, head.seq
    from jsonb_array_elements_text(types) line(type)
    cross join lateral (
      select task.id, task.priority, task.turn, task.seq from public.tasks task
      where task.status = 'pending' and not task.waiting and task.input is not null and task.type = line.type
      order by task.priority desc, task.turn, task.seq limit wanted + 500) head
  ), chosen as materialized (
    select task.* from public.tasks task join heads on heads.id = task.id
    where task.status = 'pending' and not task.waiting
    order by heads.priority desc, heads.turn, heads.seq limit wanted for update of task skip locked
  )
  select * from chosen order by priority desc, turn, seq $$;

-- The one that a delivery names, when it is in line. An older publisher's row has no input: its message brings it.
create or replace function concept_private.named_task(request jsonb) returns setof public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  message jsonb := request -> 'message';
  task public.tasks;
begin
  select hit.* into task from public.tasks hit
    where hit.id = concept_private.as_uuid(request ->> 'taskId') and hit.status = 'pending'
      and hit.run_at <= concept_private.now() and request -> 'types' ? hit.type for update skip locked;
  if task.id is null then return; end if;
  if task.input is null then
    if message is null or message ->> 'userId' is distinct from task.user_id or message ->> 'type' is distinct from task.type then
      return;
    end if;
    update public.tasks set input = message -> 'input', input_hash = message ->> 'inputHash' where id = task.id returning * into task;
    perform concept_private.refer_input(task.id, task.input);
  end if;
  return next task;
end $$;

-- Those of the tasks in line that limits leave room for. Claims under limits go one after the other: counts of two at a time would
-- both find the last place free.
create or replace function concept_private.tasks_within_limits(request jsonb, wanted integer) returns setof public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  limits jsonb := request -> 'limits';
  task public.tasks;
  running jsonb;
  by_type jsonb;
  by_user jsonb;
  room bigint;
  taken integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('concept_private claims', 0));
  select jsonb_build_object('total', count(*), 'provider', count(*) filter (where hit.provider = request ->> 'provider')) into running
    from public.tasks hit where hit.status = 'processing';
  select coalesce(jsonb_object_agg(counted.type, counted.count), '{}') into by_type
    from (select hit.type, count(*) from public.tasks hit where hit.status = 'processing' group by hit.type) counted;
  select coalesce(jsonb_object_agg(counted.user_id, counted.count), '{}') into by_user
    from (select hit.user_id, count(*) from public.tasks hit where hit.status = 'processing' group by hit.user_id) counted;
  room := wanted;
  if limits ? 'total' then room := least(room, (limits ->> 'total')::bigint - (running ->> 'total')::bigint); end if;
  if limits ? 'perProvider' and request ? 'provider' then
    room := least(room, (limits ->> 'perProvider')::bigint - (running ->> 'provider')::bigint);
  end if;
  if room <= 0 then return; end if;
  for task in
    select hit.* from concept_private.named_task(request) hit where request ? 'taskId'
    union all
    select * from (select hit.* from public.tasks hit
      where not request ? 'taskId' and hit.status = 'pending' and not hit.waiting and hit.input is not null
        and request -> 'types' ? hit.type
      order by hit.priority desc, hit.turn, hit.seq for update skip locked) line
  loop
    continue when limits -> 'perType' ? task.type
      and coalesce((by_type ->> task.type)::bigint, 0) >= (limits -> 'perType' ->> task.type)::bigint;
    continue when limits ? 'perUser'
      and coalesce((by_user ->> task.user_id)::bigint, 0) >= (limits ->> 'perUser')::bigint;
    by_type := jsonb_set(by_type, array[task.type], to_jsonb(coalesce((by_type ->> task.type)::bigint, 0) + 1));
    by_user := jsonb_set(by_user, array[task.user_id], to_jsonb(coalesce((by_user ->> task.user_id)::bigint, 0) + 1));
    return next task;
    taken := taken + 1;
    exit when taken >= room;
  end loop;
end $$;

create or replace function concept_private.claim_json(task public.tasks) returns jsonb
  language sql stable set search_path = '' as $$
  select jsonb_build_object('task', concept_private.task_json(task), 'checkpoints', coalesce((
    select jsonb_agg(jsonb_build_object('stage', checkpoint.stage, 'data', checkpoint.data) order by checkpoint.position)
    from concept_private.checkpoints checkpoint where checkpoint.task_id = task.id), '[]')) $$;

-- Takes tasks for a live worker. The call's `writeId` begins the tokens of what it took: a repeat gives the same tasks.
create or replace function public.concept_claim(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz;
  worker text := request ->> 'workerId';
  in_slots integer := (request ->> 'limit')::integer;
  wanted integer := in_slots + coalesce((request ->> 'ahead')::integer, 0);
  is_limited boolean := coalesce(request -> 'limits', '{}') <> '{}';
  task public.tasks;
  claims jsonb := '[]';
  position integer := 0;
begin
  -- A repeat that comes while the first is under way would pass over what that one holds, and nobody would hear of it.
  perform pg_advisory_xact_lock(hashtextextended('concept_private claim ' || (request ->> 'writeId'), 0));
  -- Held against a sweep that would end the worker at this moment.
  perform 1 from concept_private.workers hit where hit.id = worker for share;
  if not concept_private.is_alive(worker) then
    perform concept_private.fail(409, 'LEASE_LOST', format('the registration of worker %s has run out', worker),
      'register under a new worker id and claim again');
  end if;
  select jsonb_agg(concept_private.claim_json(hit) order by hit.priority desc, hit.turn, hit.seq) into claims
    from public.tasks hit where hit.status = 'processing' and hit.lease_owner = worker
      and starts_with(hit.lease_token, (request ->> 'writeId') || '/');
  if claims is not null then return jsonb_build_object('claims', claims); end if;
  claims := '[]';
  if not request ? 'taskId' then perform concept_private.promote_due(); end if;
  now := concept_private.now();
  for task in
    select hit.* from concept_private.tasks_within_limits(request, wanted) hit where is_limited
    union all
    select hit.* from concept_private.named_task(request) hit where not is_limited and request ? 'taskId'
    union all
    select hit.* from concept_private.ready_tasks(request -> 'types', wanted) hit where not is_limited and not request ? 'taskId'
  loop
    position := position + 1;
    -- Only what never ran is held ahead: a task that takes its worker down does so in a slot of its own.
    continue when position > in_slots and (task.attempt > 0 or task.error is not null);
    update public.tasks set status = 'processing', waiting = false, attempt = attempt + 1, progress = null, started_at = now,
      updated_at = now, lease_token = (request ->> 'writeId') || '/' || position, lease_owner = worker,
      provider = request ->> 'provider', held = position > in_slots, last_write = request ->> 'writeId'
      where id = task.id returning * into task;
    perform concept_private.append_event(task.id, 'claimed', task.attempt, jsonb_build_object('workerId', worker));
    perform concept_private.serve_turn(task.priority, task.turn);
    claims := claims || jsonb_build_array(concept_private.claim_json(task));
  end loop;
  return jsonb_build_object('claims', claims);
end $$;

-- Locks the task that a lease gives the right to write. A repeated write finds its own: the caller answers as the first time.
create or replace function concept_private.lock_leased(request jsonb) returns public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  lease jsonb := request -> 'lease';
  task public.tasks;
begin
  select hit.* into task from public.tasks hit where hit.id = concept_private.as_uuid(lease ->> 'taskId') for update;
  if task.last_write = request ->> 'writeId' then return task; end if;
  if task.status is distinct from 'processing' or task.lease_token is distinct from lease ->> 'token'
    or task.lease_owner is distinct from lease ->> 'workerId' or not concept_private.is_alive(lease ->> 'workerId') then
    perform concept_private.fail(409, 'LEASE_LOST',
      format('worker %s no longer holds the lease of task %s', lease ->> 'workerId', lease ->> 'taskId'),
      'drop the work: the task was cancelled, or is in line for another worker');
  end if;
  return task;
end $$;

create or replace function concept_private.is_repeat(task public.tasks, request jsonb) returns boolean
  language sql immutable set search_path = '' as $$ select coalesce(task.last_write = request ->> 'writeId', false) $$;

create or replace function public.concept_record(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  event jsonb;
begin
  if not concept_private.is_repeat(task, request) then
    for event in select * from jsonb_array_elements(request -> 'events') loop
      perform concept_private.append_event(task.id, event ->> 'type', task.attempt, event -> 'data');
    end loop;
    update public.tasks set held = false, progress = coalesce(request -> 'progress', progress), updated_at = concept_private.now(),
      last_write = request ->> 'writeId' where id = task.id;
  end if;
  return jsonb_build_object('id', task.id);
end $$;

create or replace function public.concept_checkpoint(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
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
  language plpgsql volatile security definer set search_path = '' as $$
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
    held = false, lease_token = null, lease_owner = null, completed_at = now, updated_at = now, last_write = request ->> 'writeId'
    where id = task.id;
  perform concept_private.append_event(task.id, 'completed', task.attempt,
    jsonb_build_object('resultId', result, 'partial', partial_result));
  perform concept_private.end_hold(task.id, 'capture');
  return jsonb_build_object('id', task.id);
end $$;

create or replace function public.concept_fail(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  failure jsonb := request -> 'error';
  retry_at timestamptz := (request ->> 'retryAt')::timestamptz;
  now timestamptz := concept_private.now();
begin
  if not concept_private.is_repeat(task, request) then
    update public.tasks set status = case when retry_at is null then 'failed' else 'pending' end, error = failure,
      error_message = case when retry_at is null then failure ->> 'message' end, held = false, lease_token = null, lease_owner = null,
      completed_at = case when retry_at is null then now end, run_at = coalesce(retry_at, run_at),
      waiting = coalesce(retry_at > now, false), published_at = case when retry_at is null then published_at end, updated_at = now,
      last_write = request ->> 'writeId' where id = task.id;
    if retry_at is null then
      perform concept_private.append_event(task.id, 'failed', task.attempt, jsonb_build_object('error', failure));
      perform concept_private.end_hold(task.id, 'refund');
    else
      perform concept_private.append_event(task.id, 'rescheduled', task.attempt,
        jsonb_build_object('error', failure, 'runAt', request ->> 'retryAt'));
    end if;
    select * into task from public.tasks where id = task.id;
  end if;
  return jsonb_build_object('task', concept_private.task_json(task));
end $$;

create or replace function public.concept_release(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks := concept_private.lock_leased(request);
  now timestamptz := concept_private.now();
begin
  if not concept_private.is_repeat(task, request) then
    update public.tasks set status = 'pending', attempt = attempt - 1, progress = null, run_at = now, waiting = false, held = false,
      lease_token = null, lease_owner = null, published_at = null, updated_at = now, last_write = request ->> 'writeId'
      where id = task.id;
    perform concept_private.append_event(task.id, 'released', task.attempt,
      jsonb_build_object('workerId', request -> 'lease' ->> 'workerId'));
    select * into task from public.tasks where id = task.id;
  end if;
  return jsonb_build_object('task', concept_private.task_json(task));
end $$;

-- The lease of a task ran out: back in line, or failed when the attempts are used up. One that was only held has not used up any.
create or replace function concept_private.expire(task public.tasks) returns text
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  is_last boolean := not task.held and task.attempt >= task.max_attempts;
  failure jsonb := jsonb_strip_nulls(jsonb_build_object('code', 'LEASE_EXPIRED',
    'message', format('worker %s stopped renewing its lease', task.lease_owner)
      || coalesce(' during ' || (task.progress ->> 'stage'), ''),
    'retryable', true, 'stage', task.progress ->> 'stage'));
begin
  update public.tasks set status = case when is_last then 'failed' else 'pending' end,
    attempt = case when task.held then attempt - 1 else attempt end, error = failure,
    error_message = case when is_last then failure ->> 'message' end, completed_at = case when is_last then now end,
    run_at = case when is_last then run_at else now end, waiting = false, held = false, lease_token = null, lease_owner = null,
    published_at = case when is_last then published_at end, updated_at = now where id = task.id;
  perform concept_private.append_event(task.id, 'lease.expired', task.attempt,
    jsonb_build_object('workerId', task.lease_owner, 'error', failure));
  if not is_last then return 'returned'; end if;
  perform concept_private.append_event(task.id, 'failed', task.attempt, jsonb_build_object('error', failure));
  perform concept_private.end_hold(task.id, 'refund');
  return 'failed';
end $$;

-- Ends the leases of workers that are not alive. Rows that another sweep has in hand are left to it.
create or replace function public.concept_sweep(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  task public.tasks;
  returned integer := 0;
  failed integer := 0;
begin
  update concept_private.workers worker set dead = true, ended_at = coalesce(worker.ended_at, worker.expires_at)
    where worker.id in (select hit.id from concept_private.workers hit
      where not hit.dead and hit.expires_at <= now for update skip locked);
  -- A retry whose time was set by a clock that has been set back since would wait for too long.
  update public.tasks set run_at = now, updated_at = now where id in (select hit.id from public.tasks hit
    where hit.status = 'pending' and hit.waiting and hit.error is not null and hit.updated_at > now + interval '1 second'
    for update skip locked);
  for task in
    select hit.* from public.tasks hit where hit.status = 'processing' and hit.lease_owner is not null
      and not exists (select 1 from concept_private.workers worker
        where worker.id = hit.lease_owner and not worker.dead and worker.expires_at > now)
      order by hit.seq limit 1000 for update skip locked
  loop
    if concept_private.expire(task) = 'failed' then failed := failed + 1; else returned := returned + 1; end if;
  end loop;
  perform concept_private.promote_due();
  return jsonb_build_object('returned', returned, 'failed', failed);
end $$;
