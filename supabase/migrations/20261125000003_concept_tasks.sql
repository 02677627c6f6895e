-- What owners do with their tasks, and what operators keep of them.

-- The rows of a submission by their place in it. `leads`: none before it has the same key; `is_own`: none before it the same id.
create or replace function concept_private.submitted(request jsonb, owner text) returns table (
  place bigint, id uuid, user_id text, type text, input jsonb, input_hash text, priority integer, run_at timestamptz,
  max_attempts integer, key text, batch_id text, leads boolean, is_own boolean
) language sql stable set search_path = '' as $$
  select item.place, item.id, item.user_id, item.type, item.input, item.input_hash, item.priority, item.run_at, item.max_attempts,
    item.key, item.batch_id,
    item.key is null or row_number() over (partition by item.user_id, item.key order by item.place) = 1,
    row_number() over (partition by item.id order by item.place) = 1
  from (select listed.place, concept_private.as_uuid(listed.item ->> 'id') as id, coalesce(owner, listed.item ->> 'userId') as user_id,
      listed.item ->> 'type' as type, listed.item -> 'input' as input, listed.item ->> 'inputHash' as input_hash,
      (listed.item ->> 'priority')::integer as priority, (listed.item ->> 'runAt')::timestamptz as run_at,
      (listed.item ->> 'maxAttempts')::integer as max_attempts, listed.item ->> 'idempotencyKey' as key,
      listed.item ->> 'batchId' as batch_id
    from jsonb_array_elements(request -> 'tasks') with ordinality as listed(item, place)) item $$;

-- Users may call the function without any client of ours: null, or the field that no client of ours would send.
create or replace function concept_private.wrong_field(
  id uuid, user_id text, type text, input jsonb, input_hash text, priority integer, max_attempts integer
) returns text language sql immutable set search_path = '' as $$
  select case
    when id is null then 'id'
    when coalesce(user_id, '') !~ '^[A-Za-z0-9_-]{1,128}$' then 'userId'
    when coalesce(type, '') not in ('concept_generation', 'concept_refinement', 'coloring_page', 'image_rendition') then 'type'
    when input is null or jsonb_typeof(input) <> 'object' or octet_length(input::text) > 100000 then 'input'
    when coalesce(jsonb_typeof(input -> 'numPalettes'), 'number') <> 'number'
      or coalesce((input ->> 'numPalettes')::numeric, 1) not between 1 and 20 then 'input.numPalettes'
    when exists (select 1 from jsonb_each(input) field where case jsonb_typeof(field.value)
        when 'string' then length(field.value #>> '{}') > 2048 when 'array' then jsonb_array_length(field.value) > 50 else false end)
      then 'input'
    when input_hash is null then 'inputHash'
    when coalesce(priority, 1000) not between -100 and 100 then 'priority'
    when coalesce(max_attempts, 0) not between 1 and 20 then 'maxAttempts'
  end $$;

-- Workers read images as themselves: a user must not have them read those of others.
create or replace function concept_private.foreign_source(input jsonb, owner text) returns text
  language sql immutable set search_path = '' as $$
  select field.key from jsonb_each(input) field where owner is not null and jsonb_typeof(field.value) = 'object'
    and field.value ->> 'kind' = 'blob'
    and (not starts_with(field.value ->> 'path', owner || '/') or field.value ->> 'path' ~ '(^|/)\.\.?(/|$)') limit 1 $$;

create or replace function concept_private.check_submission(request jsonb, owner text) returns void
  language plpgsql stable set search_path = '' as $$
declare
  wrong text := (select checked.field from (
      select item.place, coalesce(concept_private.wrong_field(item.id, item.user_id, item.type, item.input, item.input_hash, item.priority,
        item.max_attempts), 'input.' || concept_private.foreign_source(item.input, owner),
        -- Another user's; of a user's own call also none: it could become another's.
        case when item.batch_id is not null and coalesce(item.user_id <> (select known.user_id from concept_private.batches known
          where known.id = item.batch_id), owner is not null) then 'batchId' end) as field
      from concept_private.submitted(request, owner) item) checked
    where checked.field is not null order by checked.place limit 1);
begin
  if wrong is not null then
    perform concept_private.fail(400, 'INVALID_INPUT', format('%s: is missing or not allowed', wrong),
      'submit by a client of this version', wrong);
  end if;
end $$;

-- Inserts those that are not there yet, each in its user's next place in line. @returns their ids.
create or replace function concept_private.insert_submitted(request jsonb, owner text) returns uuid[]
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  line record;
  taken jsonb := '{}';
  ids uuid[];
begin
  -- A place that is taken here and not used, as somebody else was quicker with the key, is missed by nobody.
  for line in
    select item.priority, item.user_id, count(*) as wanted from concept_private.submitted(request, owner) item
      where item.leads and coalesce(item.run_at, now) <= now and not concept_private.is_submitted(item.id, item.user_id, item.key)
      group by item.priority, item.user_id order by item.priority, item.user_id
  loop
    taken := taken || jsonb_build_object(line.priority || ' ' || line.user_id,
      concept_private.take_turns(line.priority, line.user_id, line.wanted) - line.wanted);
  end loop;
  with fresh as materialized (
    select item.*, coalesce(item.run_at, now) <= now as is_due from concept_private.submitted(request, owner) item
    where item.leads and not concept_private.is_submitted(item.id, item.user_id, item.key)
  ), made as (
    insert into public.tasks (id, user_id, type, status, input, input_hash, priority, run_at, waiting, turn, max_attempts,
        idempotency_key, batch_id, created_at, updated_at, event_seq, submit_write, last_write)
      select fresh.id, fresh.user_id, fresh.type, 'pending', fresh.input, fresh.input_hash, fresh.priority, coalesce(fresh.run_at, now),
        not fresh.is_due, case when fresh.is_due then (taken ->> (fresh.priority || ' ' || fresh.user_id))::bigint
          + row_number() over (partition by fresh.priority, fresh.user_id, fresh.is_due order by fresh.place) else 0 end,
        fresh.max_attempts, fresh.key, fresh.batch_id, now, now, 1, request ->> 'writeId', request ->> 'writeId'
      from fresh order by fresh.place
    on conflict do nothing returning id
  ), told as (
    insert into concept_private.events (task_id, seq, type, at, attempt, data)
      select made.id, 1, 'submitted', now, 0, '{}' from made
  )
  select array_agg(made.id) into ids from made;
  return ids;
end $$;

-- Asked for as the first from the key on, which only the index of the keys has in order: by the one of the users, all of a user's tasks
-- would be read.
create or replace function concept_private.task_of_key(owner text, key text) returns setof public.tasks
  language sql stable rows 1 set search_path = '' as $$
  select first.* from (select hit.* from public.tasks hit where hit.user_id = owner and hit.idempotency_key >= key
    order by hit.idempotency_key limit 1) first where first.idempotency_key = key $$;

create or replace function concept_private.is_submitted(task uuid, owner text, key text) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select 1 from public.tasks hit where hit.id = task)
    or key is not null and exists (select from concept_private.task_of_key(owner, key)) $$;

-- The task of each row: the one of its key, or the one that this very call made of it, now or when it was made before.
create or replace function concept_private.submission_outcomes(request jsonb, owner text) returns table (
  place bigint, id uuid, key text, input_hash text, task public.tasks, created boolean
) language sql stable set search_path = '' as $$
  select item.place, item.id, item.key, item.input_hash, found.task,
    coalesce((found.task).id = item.id and (found.task).submit_write = request ->> 'writeId' and item.is_own, false)
  from concept_private.submitted(request, owner) item
  left join lateral (
    select hit as task from concept_private.task_of_key(item.user_id, item.key) hit where item.key is not null
    union all
    select hit from public.tasks hit where item.key is null and item.is_own and hit.id = item.id
      and case when hit.user_id = item.user_id then hit.submit_write = request ->> 'writeId' end
    limit 1) found on true $$;

create or replace function concept_private.check_outcomes(request jsonb, owner text) returns void
  language plpgsql stable set search_path = '' as $$
declare
  wrong record;
begin
  select outcome.id, outcome.key, outcome.input_hash, (outcome.task).id as task_id, (outcome.task).input_hash as task_hash into wrong
    from concept_private.submission_outcomes(request, owner) outcome
    where (outcome.task).id is null or (outcome.key is not null and (outcome.task).input_hash is distinct from outcome.input_hash)
    order by outcome.place limit 1;
  if not found then return; end if;
  if wrong.task_id is null then
    perform concept_private.fail(400, 'INVALID_INPUT', format('id: there is a task %s already', wrong.id), 'use a fresh id', 'id');
  end if;
  perform concept_private.fail(409, 'IDEMPOTENCY_CONFLICT',
    format('idempotency key %s belongs to task %s, which has a different input (%s, not %s)', to_jsonb(wrong.key), wrong.task_id,
      left(coalesce(wrong.task_hash, 'unknown'), 8), left(wrong.input_hash, 8)),
    'use another key for another input, or repeat the first input unchanged', 'idempotencyKey');
end $$;

-- All or nothing, in order; as many statements for thousands of rows as for one.
create or replace function public.concept_submit(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off set enable_sort = off as $$
declare
  owner text := concept_private.owner('{}');
  ids uuid[];
begin
  perform concept_private.check_submission(request, owner);
  ids := concept_private.insert_submitted(request, owner);
  perform concept_private.check_outcomes(request, owner);
  if ids is not null then
    perform concept_private.hold_credits(ids, concept_private.costs_of(request));
    perform concept_private.refer_input(task.id, task.input) from public.tasks task where task.id = any (ids)
      and exists (select 1 from jsonb_each(task.input) field where jsonb_typeof(field.value) = 'object');
  end if;
  return jsonb_build_object('outcomes', coalesce((
    select jsonb_agg(jsonb_build_object('task', concept_private.task_json(outcome.task), 'created', outcome.created) order by outcome.place)
    from concept_private.submission_outcomes(request, owner) outcome), '[]'));
end $$;

create or replace function public.concept_get_task(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  owner text := concept_private.owner(request);
begin
  return jsonb_build_object('task', (select concept_private.task_json(task) from public.tasks task
    where task.id = concept_private.as_uuid(request ->> 'id') and coalesce(task.user_id = owner, true)));
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
      order by task.seq desc limit least(($1 ->> ''limit'')::integer, 1001)) page'
    into page using request, owner;
  return jsonb_build_object('rows', page);
end $$;

-- Only the conditions that are given are in the query: the counts of a batch, which are asked for again and again, come by its index.
create or replace function concept_private.count_tasks(types jsonb, batch text, owner text) returns jsonb
  language plpgsql stable set search_path = '' as $$
declare
  counts jsonb;
begin
  execute 'select jsonb_build_object(
      ''pending'', count(*) filter (where task.status = ''pending''),
      ''due'', count(*) filter (where task.status = ''pending'' and task.run_at <= $4 and task.input is not null),
      ''retrying'', count(*) filter (where task.status = ''pending'' and task.run_at > $4 and task.error is not null),
      ''processing'', count(*) filter (where task.status = ''processing''),
      ''completed'', count(*) filter (where task.status = ''completed''),
      ''failed'', count(*) filter (where task.status = ''failed''),
      ''cancelled'', count(*) filter (where task.status = ''cancelled''))
    from public.tasks task where true'
    || case when types is not null then ' and $1 ? task.type' else '' end
    || case when batch is not null then ' and task.batch_id = $2' else '' end
    || case when owner is not null then ' and task.user_id = $3' else '' end
    into counts using types, batch, owner, concept_private.now();
  return counts;
end $$;

create or replace function public.concept_count_tasks(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return concept_private.count_tasks(request -> 'types', request ->> 'batchId', concept_private.owner('{}'));
end $$;

create or replace function public.concept_cancel_task(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  owner text := concept_private.owner(request);
  answer jsonb := concept_private.earlier_answer(request, 'cancel_task', owner);
  task public.tasks;
begin
  if answer is not null then return answer; end if;
  task := concept_private.cancel(concept_private.lock_task(request ->> 'id', owner), request ->> 'writeId');
  return concept_private.keep_answer(request, 'cancel_task', owner, jsonb_build_object('task', concept_private.task_json(task)));
end $$;

create or replace function public.concept_retry_task(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  owner text := concept_private.owner(request);
  answer jsonb := concept_private.earlier_answer(request, 'retry_task', owner);
  task public.tasks;
begin
  if answer is not null then return answer; end if;
  task := concept_private.retry(concept_private.lock_task(request ->> 'id', owner), concept_private.costs_of(request),
    request ->> 'writeId');
  return concept_private.keep_answer(request, 'retry_task', owner, jsonb_build_object('task', concept_private.task_json(task)));
end $$;

-- Changes tasks that fit a selection, oldest first.
create or replace function concept_private.change_many(request jsonb, owner text, change text) returns jsonb
  language plpgsql volatile set search_path = '' as $$
declare
  answer jsonb := concept_private.earlier_answer(request, change || '_tasks', owner);
  costs jsonb := concept_private.costs_of(request);
  condition text := case change
    when 'cancel' then 'task.status in (''pending'', ''processing'')'
    else 'task.status in (''failed'', ''cancelled'')' || case when request ? 'errorCode' then ''
      else ' and not (task.status = ''failed'' and coalesce(task.error ->> ''code'', '''') = ''PROVIDER_OUTCOME_UNKNOWN'')' end
    end;
  task public.tasks;
  ids jsonb := '[]';
begin
  if answer is not null then return answer; end if;
  for task in execute 'select task.* from public.tasks task where ' || concept_private.task_conditions(request) || ' and ' || condition
    || ' order by task.seq limit least(($1 ->> ''limit'')::integer, 1000) for update' using request, owner
  loop
    if change = 'cancel' then perform concept_private.cancel(task, request ->> 'writeId');
    else perform concept_private.retry(task, costs, request ->> 'writeId');
    end if;
    ids := ids || to_jsonb(task.id);
  end loop;
  return concept_private.keep_answer(request, change || '_tasks', owner, jsonb_build_object('ids', ids));
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
    || jsonb_build_object('counts', concept_private.count_tasks(null, batch.id, batch.user_id)));
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
  perform concept_private.note_costs(request);
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
  owner text := concept_private.owner(request);
  answer jsonb := concept_private.earlier_answer(request, 'pin_task', owner);
  task public.tasks;
begin
  if answer is not null then return answer; end if;
  task := concept_private.lock_task(request ->> 'id', owner);
  update public.tasks set pinned = (request ->> 'pinned')::boolean where id = task.id;
  return concept_private.keep_answer(request, 'pin_task', owner, jsonb_build_object('id', task.id));
end $$;

-- Shares a blob with a task that is still to be worked.
create or replace function concept_private.is_in_use(task uuid) returns boolean
  language sql stable set search_path = '' as $$
  select exists (select from concept_private.blob_refs own where own.task_id = task and case when exists (
      select from concept_private.blob_refs other where other.path = own.path and other.task_id <> own.task_id
        and (select worker.status from public.tasks worker where worker.id = other.task_id) in ('pending', 'processing'))
    then true end) $$;

create or replace function public.concept_finished_tasks(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  return jsonb_build_object('rows', coalesce((
    select jsonb_agg(jsonb_build_object('seq', page.seq, 'taskId', page.id, 'completedAt', concept_private.iso(page.ended_at),
        'pinned', page.pinned, 'inUse', concept_private.is_in_use(page.id), 'bytes',
        (select coalesce(sum(ref.bytes), 0) from concept_private.blob_refs ref where ref.task_id = page.id)) order by page.seq desc)
    -- An older publisher says only when it changed the row last.
    from (select task.seq, task.id, task.pinned, coalesce(task.completed_at, task.updated_at) as ended_at
      from public.tasks task where task.status in ('completed', 'failed', 'cancelled')
      and coalesce(task.completed_at, task.updated_at) is not null and task.seq < (request ->> 'before')::bigint
      order by task.seq desc limit (request ->> 'limit')::integer) page), '[]'));
end $$;

create or replace function public.concept_remove_tasks(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  answer jsonb := concept_private.earlier_answer(request, 'remove_tasks', null);
  task public.tasks;
  removed jsonb := '[]';
begin
  -- What was removed is asked for again to learn which blobs go with it.
  if answer is not null then return answer; end if;
  for task in select hit.* from public.tasks hit
    where hit.id = any (array(select concept_private.as_uuid(listed.id) from jsonb_array_elements_text(request -> 'ids') listed(id)))
      and case when hit.status in ('completed', 'failed', 'cancelled') then not hit.pinned end order by hit.id for update
  loop
    continue when concept_private.is_in_use(task.id);
    removed := removed || jsonb_build_object('taskId', task.id, 'paths', coalesce((
      select jsonb_agg(own.path) from concept_private.blob_refs own where own.task_id = task.id and not exists (
        select 1 from concept_private.blob_refs other where other.path = own.path and other.task_id <> own.task_id)), '[]'));
    -- First, as a deployment may refer from them to their concept without a cascade.
    delete from public.color_variations variation using public.concepts concept
      where variation.concept_id = concept.id and (concept.task_id = task.id or concept.id = task.result_id);
    delete from public.concepts concept where concept.task_id = task.id or concept.id = task.result_id;
    delete from public.task_results result where result.task_id = task.id;
    delete from public.tasks hit where hit.id = task.id;
  end loop;
  return concept_private.keep_answer(request, 'remove_tasks', null, jsonb_build_object('removed', removed));
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
  answer jsonb := concept_private.earlier_answer(request, 'prune', null);
  pruned integer;
  total integer := 0;
begin
  if answer is not null then return answer; end if;
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
  return concept_private.keep_answer(request, 'prune', null, jsonb_build_object('pruned', total + pruned));
end $$;

create or replace function public.concept_diagnose(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  -- Not of the owner, as whom this runs.
  caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  without_input bigint;
begin
  if to_regclass('public.tasks') is not null then
    select count(*) into without_input from public.tasks task where task.input is null and task.status = 'pending';
  end if;
  return jsonb_build_object(
    'postgres', current_setting('server_version'),
    'migration', concept_private.migration(),
    'now', concept_private.iso(concept_private.now()),
    'role', caller,
    'withoutInput', without_input,
    'missingTables', coalesce((
      select jsonb_agg(name order by name) from unnest(array['public.tasks', 'public.concepts', 'public.color_variations',
        'public.task_results', 'concept_private.events', 'concept_private.checkpoints', 'concept_private.fair_turns',
        'concept_private.workers', 'concept_private.batches', 'concept_private.blob_refs', 'concept_private.credit_accounts',
        'concept_private.credit_ledger', 'concept_private.credit_costs', 'concept_private.writes']) name
      where to_regclass(name) is null), '[]'),
    'missingFunctions', coalesce((
      select jsonb_agg(name order by name) from jsonb_array_elements_text(request -> 'functions') name
      where to_regprocedure(format('%I.%I(jsonb)', 'public', name)) is null), '[]'),
    'refusedFunctions', coalesce((
      select jsonb_agg(name order by name) from jsonb_array_elements_text(request -> 'functions') name
      where not has_function_privilege(caller, to_regprocedure(format('%I.%I(jsonb)', 'public', name)), 'execute')), '[]'));
end $$;

-- Nobody calls them before the last migration says who may.
revoke all on function public.concept_submit(jsonb), public.concept_get_task(jsonb), public.concept_list_tasks(jsonb),
  public.concept_count_tasks(jsonb), public.concept_cancel_task(jsonb), public.concept_retry_task(jsonb),
  public.concept_cancel_tasks(jsonb), public.concept_retry_tasks(jsonb), public.concept_list_events(jsonb),
  public.concept_get_concept(jsonb), public.concept_list_concepts(jsonb), public.concept_get_result(jsonb),
  public.concept_open_batch(jsonb), public.concept_get_batch(jsonb), public.concept_credit_balance(jsonb),
  public.concept_grant_credits(jsonb), public.concept_pin_task(jsonb), public.concept_finished_tasks(jsonb),
  public.concept_remove_tasks(jsonb), public.concept_referenced_blobs(jsonb), public.concept_prune(jsonb),
  public.concept_diagnose(jsonb) from public, anon, authenticated;
