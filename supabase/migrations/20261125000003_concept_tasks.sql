-- What owners do with their tasks, and what operators keep of them.

create or replace function concept_private.submit(item jsonb, owner text, costs jsonb, write_id text) returns jsonb
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  due timestamptz := coalesce((item ->> 'runAt')::timestamptz, now);
  user_key text := item ->> 'idempotencyKey';
  task public.tasks;
begin
  select hit.* into task from public.tasks hit where hit.user_id = owner and hit.idempotency_key = user_key;
  if task.id is null then
    insert into public.tasks (id, user_id, type, status, input, input_hash, priority, run_at, waiting, turn, max_attempts,
        idempotency_key, batch_id, created_at, updated_at, last_write)
      values ((item ->> 'id')::uuid, owner, item ->> 'type', 'pending', item -> 'input', item ->> 'inputHash',
        (item ->> 'priority')::integer, due, due > now,
        case when due > now then 0 else concept_private.take_turn((item ->> 'priority')::integer, owner) end,
        (item ->> 'maxAttempts')::integer, user_key, item ->> 'batchId', now, now, write_id)
      on conflict do nothing returning * into task;
    if task.id is not null then
      perform concept_private.hold_credits(task.id, owner, (costs ->> (item ->> 'type'))::bigint);
      perform concept_private.append_event(task.id, 'submitted', 0);
      perform concept_private.refer_input(task.id, task.input);
      return jsonb_build_object('task', concept_private.task_json(task), 'created', true);
    end if;
    -- Another call was quicker with the key, or the id is taken.
    select hit.* into task from public.tasks hit where hit.user_id = owner and hit.idempotency_key = user_key;
  end if;
  if task.id is not null then
    if task.input_hash is distinct from item ->> 'inputHash' then
      perform concept_private.fail(409, 'IDEMPOTENCY_CONFLICT',
        format('idempotency key %s belongs to task %s, which has a different input (%s, not %s)', to_jsonb(user_key), task.id,
          left(coalesce(task.input_hash, 'unknown'), 8), left(item ->> 'inputHash', 8)),
        'use another key for another input, or repeat the first input unchanged', 'idempotencyKey');
    end if;
    return jsonb_build_object('task', concept_private.task_json(task), 'created',
      task.id = (item ->> 'id')::uuid and task.last_write = write_id and task.event_seq = 1);
  end if;
  select hit.* into task from public.tasks hit
    where hit.id = (item ->> 'id')::uuid and hit.user_id = owner and hit.last_write = write_id;
  if task.id is null then
    perform concept_private.fail(400, 'INVALID_INPUT', format('id: there is a task %s already', item ->> 'id'), 'use a fresh id', 'id');
  end if;
  return jsonb_build_object('task', concept_private.task_json(task), 'created', true);
end $$;

create or replace function public.concept_submit(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  owner text := concept_private.owner('{}');
  outcomes jsonb := '[]';
  item jsonb;
begin
  for item in select * from jsonb_array_elements(request -> 'tasks') loop
    outcomes := outcomes || jsonb_build_array(
      concept_private.submit(item, coalesce(owner, item ->> 'userId'), request -> 'costs', request ->> 'writeId'));
  end loop;
  return jsonb_build_object('outcomes', outcomes);
end $$;

create or replace function public.concept_get_task(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner(request);
begin
  return jsonb_build_object('task', (select concept_private.task_json(task) from public.tasks task
    where task.id = concept_private.as_uuid(request ->> 'id') and (owner is null or task.user_id = owner)));
end $$;

create or replace function public.concept_list_tasks(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner(request);
  page jsonb;
begin
  execute 'select coalesce(jsonb_agg(jsonb_build_object(''seq'', page.seq, ''task'', page.json) order by page.seq desc), ''[]'')
    from (select task.seq, concept_private.task_json(task) as json from public.tasks task
      where ' || concept_private.task_conditions(request) || ' and task.seq < ($1 ->> ''before'')::bigint
      order by task.seq desc limit ($1 ->> ''limit'')::integer) page'
    into page using request, owner;
  return jsonb_build_object('rows', page);
end $$;

create or replace function concept_private.count_tasks(types jsonb, batch text, owner text) returns jsonb
  language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'pending', count(*) filter (where task.status = 'pending'),
    'due', count(*) filter (where task.status = 'pending' and task.run_at <= concept_private.now() and task.input is not null),
    'retrying', count(*) filter (where task.status = 'pending' and task.run_at > concept_private.now() and task.error is not null),
    'processing', count(*) filter (where task.status = 'processing'),
    'completed', count(*) filter (where task.status = 'completed'),
    'failed', count(*) filter (where task.status = 'failed'),
    'cancelled', count(*) filter (where task.status = 'cancelled'))
  from public.tasks task
  where (types is null or types ? task.type) and (batch is null or task.batch_id = batch) and (owner is null or task.user_id = owner) $$;

create or replace function public.concept_count_tasks(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return concept_private.count_tasks(request -> 'types', request ->> 'batchId', concept_private.owner('{}'));
end $$;

create or replace function public.concept_cancel_task(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks := concept_private.lock_task(request ->> 'id', concept_private.owner(request));
begin
  if task.last_write is distinct from request ->> 'writeId' then
    task := concept_private.cancel(task, request ->> 'writeId');
  end if;
  return jsonb_build_object('task', concept_private.task_json(task));
end $$;

create or replace function public.concept_retry_task(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks := concept_private.lock_task(request ->> 'id', concept_private.owner(request));
begin
  if task.last_write is distinct from request ->> 'writeId' then
    task := concept_private.retry(task, (request -> 'costs' ->> task.type)::bigint, request ->> 'writeId');
  end if;
  return jsonb_build_object('task', concept_private.task_json(task));
end $$;

-- Changes tasks that fit a selection, oldest first. A repeat finds those of its first run by what they were written with.
create or replace function concept_private.change_many(request jsonb, owner text, change text) returns jsonb
  language plpgsql volatile set search_path = '' as $$
declare
  condition text := case change
    when 'cancel' then 'task.status in (''pending'', ''processing'')'
    else 'task.status in (''failed'', ''cancelled'')' || case when request ? 'errorCode' then ''
      else ' and not (task.status = ''failed'' and coalesce(task.error ->> ''code'', '''') = ''PROVIDER_OUTCOME_UNKNOWN'')' end
    end;
  task public.tasks;
  ids jsonb;
begin
  select jsonb_agg(done.id order by done.seq) into ids from public.tasks done where done.last_write = request ->> 'writeId';
  if ids is not null then return jsonb_build_object('ids', ids); end if;
  ids := '[]';
  for task in execute 'select task.* from public.tasks task where ' || concept_private.task_conditions(request) || ' and ' || condition
    || ' order by task.seq limit ($1 ->> ''limit'')::integer for update' using request, owner
  loop
    if change = 'cancel' then perform concept_private.cancel(task, request ->> 'writeId');
    else perform concept_private.retry(task, (request -> 'costs' ->> task.type)::bigint, request ->> 'writeId');
    end if;
    ids := ids || to_jsonb(task.id);
  end loop;
  return jsonb_build_object('ids', ids);
end $$;

create or replace function public.concept_cancel_tasks(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
begin
  return concept_private.change_many(request, concept_private.owner('{}'), 'cancel');
end $$;

create or replace function public.concept_retry_tasks(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
begin
  return concept_private.change_many(request, concept_private.owner('{}'), 'retry');
end $$;

create or replace function public.concept_list_events(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner('{}');
begin
  return jsonb_build_object('events', coalesce((
    select jsonb_agg(jsonb_build_object('taskId', page.task_id, 'seq', page.seq, 'type', page.type,
        'at', concept_private.iso(page.at), 'attempt', page.attempt, 'data', page.data) order by page.seq)
    from (select event.* from concept_private.events event join public.tasks task on task.id = event.task_id
      where event.task_id = concept_private.as_uuid(request ->> 'taskId') and event.seq > (request ->> 'afterSeq')::integer
        and (owner is null or task.user_id = owner)
      order by event.seq limit (request ->> 'limit')::integer) page), '[]'));
end $$;

create or replace function public.concept_get_concept(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner(request);
begin
  return jsonb_build_object('concept', (select concept_private.concept_json(concept) from public.concepts concept
    where concept.id = concept_private.as_uuid(request ->> 'id') and (owner is null or concept.user_id = owner)));
end $$;

create or replace function public.concept_list_concepts(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner(request);
begin
  return jsonb_build_object('rows', coalesce((
    select jsonb_agg(jsonb_build_object('seq', page.seq, 'concept', page.json) order by page.seq desc)
    from (select concept.seq, concept_private.concept_json(concept) as json from public.concepts concept
      where (owner is null or concept.user_id = owner) and concept.seq < (request ->> 'before')::bigint
      order by concept.seq desc limit (request ->> 'limit')::integer) page), '[]'));
end $$;

create or replace function public.concept_get_result(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner('{}');
begin
  return jsonb_build_object('result', (
    select jsonb_build_object('data', result.data, 'files', result.files, 'partial', task.partial)
    from public.task_results result join public.tasks task on task.id = result.task_id
    where result.task_id = concept_private.as_uuid(request ->> 'taskId') and task.status = 'completed'
      and (owner is null or task.user_id = owner)));
end $$;

create or replace function public.concept_open_batch(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  owner text := coalesce(concept_private.owner('{}'), request ->> 'userId');
  batch concept_private.batches;
begin
  insert into concept_private.batches (id, user_id, name, created_at)
    values (request ->> 'id', owner, request ->> 'name', concept_private.now()) on conflict do nothing;
  select hit.* into batch from concept_private.batches hit where hit.user_id = owner and hit.name = request ->> 'name';
  if batch.id is null then
    perform concept_private.fail(400, 'INVALID_INPUT', format('id: there is a batch %s already', request ->> 'id'), 'use a fresh id', 'id');
  end if;
  return jsonb_build_object('batch', concept_private.batch_json(batch));
end $$;

create or replace function concept_private.batch_json(batch concept_private.batches) returns jsonb
  language sql stable set search_path = '' as $$
  select jsonb_build_object('id', batch.id, 'userId', batch.user_id, 'name', batch.name,
    'createdAt', concept_private.iso(batch.created_at)) $$;

create or replace function public.concept_get_batch(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner(request);
  batch concept_private.batches;
begin
  select hit.* into batch from concept_private.batches hit
    where (hit.id = request ->> 'idOrName' or hit.name = request ->> 'idOrName') and (owner is null or hit.user_id = owner)
    order by hit.id = request ->> 'idOrName' desc, hit.created_at desc limit 1;
  if batch.id is null then return jsonb_build_object('batch', null); end if;
  return jsonb_build_object('batch', concept_private.batch_json(batch)
    || jsonb_build_object('counts', concept_private.count_tasks(null, batch.id, null)));
end $$;

create or replace function concept_private.balance_json(owner text) returns jsonb
  language sql stable set search_path = '' as $$
  select jsonb_build_object('available', coalesce(max(account.available), 0), 'held', coalesce(max(account.held), 0))
  from concept_private.credit_accounts account where account.user_id = owner $$;

create or replace function public.concept_credit_balance(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return concept_private.balance_json(coalesce(concept_private.owner('{}'), request ->> 'userId'));
end $$;

create or replace function public.concept_grant_credits(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
begin
  insert into concept_private.credit_ledger (user_id, kind, amount, grant_key, at)
    values (request ->> 'userId', 'grant', (request ->> 'amount')::bigint, request ->> 'key', concept_private.now())
    on conflict (user_id, grant_key) do nothing;
  if found then
    insert into concept_private.credit_accounts as account (user_id, available)
      values (request ->> 'userId', (request ->> 'amount')::bigint)
      on conflict (user_id) do update set available = account.available + excluded.available;
  end if;
  return concept_private.balance_json(request ->> 'userId');
end $$;

create or replace function public.concept_pin_task(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks := concept_private.lock_task(request ->> 'id', concept_private.owner(request));
begin
  update public.tasks set pinned = (request ->> 'pinned')::boolean where id = task.id;
  return jsonb_build_object('id', task.id);
end $$;

-- Shares a blob with a task that is still to be worked.
create or replace function concept_private.is_in_use(task uuid) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from concept_private.blob_refs own
    join concept_private.blob_refs other on other.path = own.path and other.task_id <> own.task_id
    join public.tasks worker on worker.id = other.task_id
    where own.task_id = task and worker.status in ('pending', 'processing')) $$;

create or replace function public.concept_finished_tasks(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return jsonb_build_object('rows', coalesce((
    select jsonb_agg(jsonb_build_object('seq', page.seq, 'taskId', page.id, 'completedAt', concept_private.iso(page.completed_at),
        'pinned', page.pinned, 'inUse', concept_private.is_in_use(page.id), 'bytes',
        (select coalesce(sum(ref.bytes), 0) from concept_private.blob_refs ref where ref.task_id = page.id)) order by page.seq desc)
    from (select task.* from public.tasks task where task.status in ('completed', 'failed', 'cancelled')
      and task.completed_at is not null and task.seq < (request ->> 'before')::bigint
      order by task.seq desc limit (request ->> 'limit')::integer) page), '[]'));
end $$;

create or replace function public.concept_remove_tasks(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  task public.tasks;
  removed jsonb := '[]';
begin
  for task in select hit.* from public.tasks hit
    where hit.id in (select concept_private.as_uuid(listed.id) from jsonb_array_elements_text(request -> 'ids') listed(id))
      and hit.status in ('completed', 'failed', 'cancelled') and not hit.pinned order by hit.id for update
  loop
    continue when concept_private.is_in_use(task.id);
    removed := removed || jsonb_build_object('taskId', task.id, 'paths', coalesce((
      select jsonb_agg(own.path) from concept_private.blob_refs own where own.task_id = task.id and not exists (
        select 1 from concept_private.blob_refs other where other.path = own.path and other.task_id <> own.task_id)), '[]'));
    delete from public.concepts concept where concept.task_id = task.id or concept.id = task.result_id;
    delete from public.task_results result where result.task_id = task.id;
    delete from public.tasks hit where hit.id = task.id;
  end loop;
  return jsonb_build_object('removed', removed);
end $$;

-- Blobs lie in a folder per task: `<user>/<task>/…`; an older publisher's are named by its rows alone.
create or replace function public.concept_referenced_blobs(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return jsonb_build_object('paths', coalesce((
    select jsonb_agg(asked.path) from jsonb_array_elements_text(request -> 'paths') asked(path)
    where exists (select 1 from concept_private.blob_refs ref where ref.path = asked.path)
      or exists (select 1 from public.tasks task where task.id = concept_private.as_uuid(split_part(asked.path, '/', 2))
        and task.status <> 'completed')
      or exists (select 1 from public.concepts concept where concept.image_path = asked.path)
      or exists (select 1 from public.color_variations variation where variation.image_path = asked.path)), '[]'));
end $$;

create or replace function public.concept_prune(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  before timestamptz := (request ->> 'before')::timestamptz;
  pruned integer;
  total integer := 0;
begin
  delete from concept_private.workers worker where worker.dead and coalesce(worker.ended_at, worker.started_at) < before
    and not exists (select 1 from public.tasks task where task.status = 'processing' and task.lease_owner = worker.id);
  get diagnostics pruned = row_count;
  total := total + pruned;
  delete from concept_private.batches batch where batch.created_at < before
    and not exists (select 1 from public.tasks task where task.batch_id = batch.id);
  get diagnostics pruned = row_count;
  total := total + pruned;
  -- A turn that the clock has passed decides nothing any more.
  delete from concept_private.fair_turns given using concept_private.fair_turns clock
    where given.user_id <> '' and clock.user_id = '' and clock.priority = given.priority and given.turn <= clock.turn;
  get diagnostics pruned = row_count;
  return jsonb_build_object('pruned', total + pruned);
end $$;

create or replace function public.concept_diagnose(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return jsonb_build_object(
    'postgres', current_setting('server_version'),
    'now', concept_private.iso(concept_private.now()),
    'withoutInput', (select count(*) from public.tasks task where task.input is null and task.status = 'pending'),
    'functions', (select jsonb_agg(routine.proname order by routine.proname) from pg_catalog.pg_proc routine
      where routine.pronamespace = 'public'::regnamespace and routine.proname like 'concept\_%'));
end $$;
