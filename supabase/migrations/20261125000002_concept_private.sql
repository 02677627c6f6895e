-- Building blocks of the functions: nobody outside calls them.
--
-- Tables of tasks change faster than their statistics, and a session keeps its plans: one made when few rows were there, or few of a
-- status, takes the index of the status for a row that is asked for by its id, and reads all that have that status by now. So what
-- else is asked of such a row is written as no index can serve it, in a `case` or a `coalesce`, and functions that are called all the
-- time have no sequential scans.

-- The one clock. Milliseconds, as callers see times.
create or replace function concept_private.now() returns timestamptz
  language sql volatile set search_path = '' as $$ select date_trunc('milliseconds', clock_timestamp()) $$;

-- Called for every time of every row that is told of: this language prepares a statement once, the other at each call.
create or replace function concept_private.iso(at timestamptz) returns text
  language plpgsql immutable set search_path = '' as $$
begin
  return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end $$;

-- Ends the call: `status` is the HTTP status, the rest comes back as a ConceptError.
create or replace function concept_private.fail(
  status integer, code text, message text, hint text default null, field text default null
) returns void language plpgsql set search_path = '' as $$
begin
  raise exception using
    errcode = 'PT' || status,
    message = message,
    detail = jsonb_strip_nulls(jsonb_build_object('code', code, 'hint', hint, 'field', field))::text,
    hint = coalesce(hint, '');
end $$;

-- Null when the caller has no token: a direct connection of an operator.
create or replace function concept_private.claims() returns jsonb
  language sql stable set search_path = ''
  as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;

create or replace function concept_private.is_service() returns boolean
  language sql stable set search_path = '' as $$
  select case when concept_private.claims() is null then session_user <> 'authenticator'
    else coalesce(concept_private.claims() ->> 'role' = 'service_role', false) end $$;

-- Whose tasks the caller may see and change: null for anybody's. A user's own id comes from the token, whatever the request says.
create or replace function concept_private.owner(request jsonb) returns text
  language plpgsql stable set search_path = '' as $$
declare
  subject text := concept_private.claims() ->> 'sub';
begin
  if concept_private.is_service() then return request ->> 'userId'; end if;
  if coalesce(subject, '') = '' then
    perform concept_private.fail(401, 'NOT_ALLOWED', 'this needs a signed-in user', 'sign in, or use the service role');
  end if;
  return subject;
end $$;

-- Rows of an older publisher say less than a task has: what is missing is told as what it must have been.
create or replace function concept_private.task_json(task public.tasks) returns jsonb
  language plpgsql stable set search_path = '' as $$
begin
  return jsonb_build_object(
    'id', task.id,
    'userId', task.user_id,
    'type', task.type,
    'input', task.input,
    'status', task.status,
    'priority', task.priority,
    'runAt', concept_private.iso(task.run_at),
    'attempt', task.attempt,
    'maxAttempts', task.max_attempts,
    'leaseToken', case when task.status = 'processing' then coalesce(task.lease_token, 'unknown') end,
    'leaseOwner', case when task.status = 'processing' then coalesce(task.lease_owner, 'unknown') end,
    'idempotencyKey', task.idempotency_key,
    'batchId', task.batch_id,
    'resultId', case when task.status = 'completed' then coalesce(task.result_id, task.id) end,
    'partial', task.partial,
    'error', coalesce(task.error, case when task.status = 'failed' then jsonb_build_object('code', 'INTERNAL',
      'message', coalesce(task.error_message, 'no reason was recorded'), 'retryable', false) end),
    'progress', task.progress,
    'publishedAt', concept_private.iso(task.published_at),
    'createdAt', concept_private.iso(task.created_at),
    'updatedAt', concept_private.iso(task.updated_at),
    'startedAt', concept_private.iso(task.started_at),
    'completedAt', concept_private.iso(coalesce(task.completed_at,
      case when task.status in ('completed', 'failed', 'cancelled') then task.updated_at end))
  );
end $$;

-- Writes an event whose number its task has counted already, in the statement that changed it.
create or replace function concept_private.tell(
  task uuid, number integer, event_type text, event_attempt integer, event_data jsonb
) returns void language plpgsql volatile set search_path = '' as $$
begin
  insert into concept_private.events (task_id, seq, type, at, attempt, data)
    values (task, number, event_type, concept_private.now(), event_attempt, event_data);
end $$;

-- Appends the next event of a task. The caller holds the lock of the task's row.
create or replace function concept_private.append_event(
  task uuid, event_type text, event_attempt integer, event_data jsonb default '{}'
) returns void language plpgsql set search_path = '' as $$
declare
  number integer;
begin
  update public.tasks set event_seq = event_seq + 1 where id = task returning event_seq into number;
  perform concept_private.tell(task, number, event_type, event_attempt, event_data);
end $$;

-- The last of so many places in line for a user's next tasks: behind the user's last one, and not before those that are being served.
create or replace function concept_private.take_turns(lane integer, owner text, wanted bigint) returns bigint
  language sql volatile set search_path = '' as $$
  insert into concept_private.fair_turns as mine (priority, user_id, turn)
    values (lane, owner, wanted + coalesce(
      (select served.turn from concept_private.fair_turns served where served.priority = lane and served.user_id = ''), 0))
  on conflict (priority, user_id) do update set turn = wanted + greatest(mine.turn, excluded.turn - wanted)
  returning turn $$;

create or replace function concept_private.take_turn(lane integer, owner text) returns bigint
  language sql volatile set search_path = '' as $$ select concept_private.take_turns(lane, owner, 1) $$;

-- Notes how far the lines of the priorities have come. A claim that is noting it at this moment is about as far: nobody waits for it.
create or replace function concept_private.serve_turns(ids uuid[]) returns void
  language plpgsql volatile set search_path = '' set jit = off set enable_seqscan = off as $$
begin
  with served as materialized (
    select task.priority, max(task.turn) as turn from public.tasks task where task.id = any (ids) group by task.priority
  ), begun as (
    insert into concept_private.fair_turns (priority, user_id, turn)
      select served.priority, '', served.turn from served where not exists (select 1 from concept_private.fair_turns known
        where known.priority = served.priority and known.user_id = '') order by served.priority
    on conflict do nothing
  ), free as materialized (
    select known.priority from concept_private.fair_turns known join served on served.priority = known.priority
      where known.user_id = '' and known.turn < served.turn for update of known skip locked
  )
  update concept_private.fair_turns clock set turn = served.turn from served join free on free.priority = served.priority
    where clock.priority = served.priority and clock.user_id = '' and clock.turn < served.turn;
end $$;

-- Puts tasks whose time has come in line, the longest due first. A retry had its turn, and keeps it. One caller at a time: the next
-- waits, and finds in line what it would have had to pass over.
create or replace function concept_private.promote_due() returns integer
  language plpgsql volatile set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  now timestamptz := concept_private.now();
  promoted integer;
begin
  if not exists (select 1 from public.tasks task where task.status = 'pending' and task.waiting and task.run_at <= now) then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('concept_private due', 0));
  with due as materialized (
    select task.id, task.priority, task.user_id, task.turn, task.run_at, task.seq from public.tasks task
      where task.status = 'pending' and task.waiting and task.run_at <= now
      order by task.run_at, task.seq limit 1000 for update skip locked
  ), newcomers as materialized (
    select due.priority, due.user_id, count(*) as wanted from due where due.turn = 0 group by due.priority, due.user_id
      order by due.priority, due.user_id
  ), lines as materialized (
    select newcomers.priority, newcomers.user_id,
      concept_private.take_turns(newcomers.priority, newcomers.user_id, newcomers.wanted) - newcomers.wanted as passed from newcomers
  ), placed as materialized (
    select due.id, case when due.turn > 0 then due.turn else lines.passed + row_number() over (
        partition by due.priority, due.user_id, due.turn > 0 order by due.run_at, due.seq) end as turn
      from due left join lines on lines.priority = due.priority and lines.user_id = due.user_id
  )
  -- What was published before its time was published in vain.
  update public.tasks task set waiting = false, published_at = null, turn = placed.turn from placed where task.id = placed.id;
  get diagnostics promoted = row_count;
  return promoted;
end $$;

-- What tasks cost the caller, by type: an operator's process says it by its configuration, users cannot. Null: credits are off.
create or replace function concept_private.costs_of(request jsonb) returns jsonb
  language plpgsql stable set search_path = '' as $$
begin
  if concept_private.is_service() then return concept_private.said_costs(request); end if;
  return (select jsonb_object_agg(known.type, known.cost) from concept_private.credit_costs known);
end $$;

create or replace function concept_private.said_costs(request jsonb) returns jsonb
  language plpgsql immutable set search_path = '' as $$
declare
  costs jsonb := nullif(request -> 'costs', 'null');
begin
  if exists (select from jsonb_each_text(costs) said where said.value::bigint < 0) then
    perform concept_private.fail(400, 'INVALID_INPUT', 'costs: expected whole numbers from 0', 'mend CONCEPT_CREDIT_COST_…', 'costs');
  end if;
  return costs;
end $$;

-- Keeps what an operator's process says that tasks cost, for users whose calls come without any of our processes.
create or replace function concept_private.note_costs(request jsonb) returns void
  language sql volatile set search_path = '' as $$
  insert into concept_private.credit_costs (type, cost)
    select said.key, said.value::bigint from jsonb_each_text(concept_private.said_costs(request)) said
      where not exists (select 1 from concept_private.credit_costs same where same.type = said.key and same.cost = said.value::bigint)
    on conflict (type) do update set cost = excluded.cost $$;

-- Sets the credits of tasks aside, in the transaction of their submit or retry.
create or replace function concept_private.hold_credits(ids uuid[], costs jsonb) returns void
  language plpgsql volatile set search_path = '' as $$
declare
  account record;
begin
  if costs is null then return; end if;
  for account in
    select task.user_id, sum((costs ->> task.type)::bigint) as cost from public.tasks task where task.id = any (ids)
      group by task.user_id having sum((costs ->> task.type)::bigint) > 0 order by task.user_id
  loop
    update concept_private.credit_accounts set available = available - account.cost, held = held + account.cost
      where user_id = account.user_id and available >= account.cost;
    if not found then
      perform concept_private.fail(402, 'INSUFFICIENT_CREDITS',
        format('user %s has %s credits, and this costs %s', account.user_id, coalesce(
          (select available from concept_private.credit_accounts where user_id = account.user_id), 0), account.cost),
        'grant more credits, or wait until running tasks release theirs');
    end if;
  end loop;
  insert into concept_private.credit_ledger (user_id, task_id, kind, amount, round, at)
    select task.user_id, task.id, 'hold', -(costs ->> task.type)::bigint, 1 + coalesce(
        (select max(earlier.round) from concept_private.credit_ledger earlier where earlier.task_id = task.id), 0),
      concept_private.now()
    from public.tasks task where task.id = any (ids) and (costs ->> task.type)::bigint > 0;
end $$;

-- Ends the open hold of a task: `capture` spends it, `refund` gives it back. Once; without an open hold nothing happens.
create or replace function concept_private.end_hold(task uuid, ending text) returns void
  language plpgsql volatile set search_path = '' as $$
declare
  hold record;
begin
  select ledger.user_id, -ledger.amount as amount, ledger.round into hold from concept_private.credit_ledger ledger
    where ledger.task_id = task and ledger.kind = 'hold' order by ledger.round desc limit 1;
  if not found then return; end if;
  insert into concept_private.credit_ledger (user_id, task_id, kind, amount, round, at)
    select hold.user_id, task, ending, case ending when 'refund' then hold.amount else 0 end, hold.round, concept_private.now()
    where not exists (select 1 from concept_private.credit_ledger ended
      where ended.task_id = task and ended.round = hold.round and ended.kind in ('capture', 'refund'));
  if not found then return; end if;
  update concept_private.credit_accounts set held = held - hold.amount,
    available = available + case ending when 'refund' then hold.amount else 0 end
    where user_id = hold.user_id;
end $$;

-- Null for what is no id at all: it names nothing.
create or replace function concept_private.as_uuid(id text) returns uuid
  language sql immutable set search_path = ''
  as $$ select case when id ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then id::uuid end $$;

-- Locks the row of a task that the caller may change.
create or replace function concept_private.lock_task(id text, owner text) returns public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  found_task public.tasks;
begin
  select task.* into found_task from public.tasks task
    where task.id = concept_private.as_uuid(lock_task.id) and coalesce(task.user_id = owner, true) for update;
  if found_task.id is null then
    perform concept_private.fail(404, 'TASK_NOT_FOUND', format('there is no task %s', id), 'list the tasks with: concept list');
  end if;
  return found_task;
end $$;

create or replace function concept_private.refuse_change(task public.tasks, change text) returns void
  language plpgsql set search_path = '' as $$
begin
  perform concept_private.fail(409, 'INVALID_TRANSITION', format('task %s is %s, it cannot %s', task.id, task.status, change),
    case change when 'cancel' then 'only a pending or processing task can be cancelled'
      when 'retry' then 'only a failed or cancelled task can be retried; submit a new one to run the same input again' end);
end $$;

-- Records which blobs a task works from: they outlive whatever else names them. Whoever made them is held against removal first.
create or replace function concept_private.refer_input(task uuid, input jsonb) returns void
  language plpgsql volatile set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  blobs text[] := array(select field.value ->> 'path' from jsonb_each(input) field
    where field.value ->> 'kind' = 'blob' and field.value ->> 'path' is not null);
  concepts uuid[] := array(select concept_private.as_uuid(field.value ->> 'conceptId') from jsonb_each(input) field
    where field.value ->> 'kind' = 'concept');
begin
  if blobs = '{}' and concepts = '{}' then return; end if;
  perform 1 from public.tasks maker where maker.id = any (array(
      select ref.task_id from concept_private.blob_refs ref where ref.path = any (blobs)
      union select coalesce(concept.task_id, concept.id) from public.concepts concept where concept.id = any (concepts)))
      and case when maker.status in ('completed', 'failed', 'cancelled') then true end
    order by maker.id for key share;
  insert into concept_private.blob_refs (path, task_id, bytes)
    select blob.path, task, 0 from unnest(blobs) blob(path)
    union select concept.image_path, task, 0 from public.concepts concept where concept.id = any (concepts)
  on conflict do nothing;
end $$;

-- The answer of this very call when it was carried out before, else null; then `keep_answer` has to follow. A repeat that comes
-- while the first is still under way waits for it here.
create or replace function concept_private.earlier_answer(request jsonb, routine text, owner text) returns jsonb
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
begin
  if request ->> 'writeId' is null then return null; end if;
  -- Nobody repeats a call for so long.
  delete from concept_private.writes where id in (select old.id from concept_private.writes old
    where old.at < now - interval '1 hour' order by old.at limit 10 for update skip locked);
  insert into concept_private.writes (id, at) values (concept_private.write_name(request, routine, owner), now) on conflict do nothing;
  if found then return null; end if;
  return concept_private.kept_answer(request, routine, owner);
end $$;

-- The same, and nothing has to follow.
create or replace function concept_private.kept_answer(request jsonb, routine text, owner text) returns jsonb
  language plpgsql stable set search_path = '' as $$
begin
  return (select earlier.answer from concept_private.writes earlier
    where earlier.id = concept_private.write_name(request, routine, owner));
end $$;

create or replace function concept_private.keep_answer(request jsonb, routine text, owner text, answer jsonb) returns jsonb
  language plpgsql volatile set search_path = '' as $$
begin
  update concept_private.writes kept set answer = keep_answer.answer
    where kept.id = concept_private.write_name(request, routine, owner);
  return answer;
end $$;

-- One user's calls never answer another's.
create or replace function concept_private.write_name(request jsonb, routine text, owner text) returns text
  language sql immutable set search_path = '' as $$
  select routine || '/' || coalesce(owner, '') || '/' || (request ->> 'writeId') $$;

-- Ends a task by its owner; gives its credits back.
create or replace function concept_private.cancel(task public.tasks, write_id text) returns public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
begin
  if task.status not in ('pending', 'processing') then perform concept_private.refuse_change(task, 'cancel'); end if;
  update public.tasks set status = 'cancelled', waiting = false, lease_token = null, lease_owner = null, held = false,
    completed_at = now, updated_at = now, last_write = write_id where id = task.id;
  perform concept_private.append_event(task.id, 'cancelled', task.attempt);
  perform concept_private.end_hold(task.id, 'refund');
  select * into task from public.tasks where id = task.id;
  return task;
end $$;

-- Puts a failed or cancelled task back in line with all its attempts; open intents of paid calls are consented to.
create or replace function concept_private.retry(task public.tasks, costs jsonb, write_id text) returns public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  place bigint;
begin
  if task.status not in ('failed', 'cancelled') then perform concept_private.refuse_change(task, 'retry'); end if;
  -- Before the credits, as a submission does it: the other way round, two calls for one user would wait for each other.
  place := concept_private.take_turn(task.priority, task.user_id);
  perform concept_private.hold_credits(array[task.id], costs);
  update public.tasks set status = 'pending', waiting = false, attempt = 0, progress = null, started_at = null,
    completed_at = null, published_at = null, result_id = null, partial = false, error_message = null, held = false, run_at = now,
    updated_at = now, turn = place, last_write = write_id where id = task.id;
  perform concept_private.append_event(task.id, 'retried', 0, jsonb_build_object('error', task.error));
  delete from concept_private.checkpoints checkpoint where checkpoint.task_id = task.id and checkpoint.stage like 'intent:%';
  select * into task from public.tasks where id = task.id;
  return task;
end $$;

-- Conditions of a listing or a bulk change, for `execute ... using request, owner`.
create or replace function concept_private.task_conditions(request jsonb) returns text
  language sql immutable set search_path = '' as $$
  select '($2::text is null or task.user_id = $2)'
    || case when request ? 'userId' then ' and task.user_id = $1 ->> ''userId''' else '' end
    || case when request ? 'batchId' then ' and task.batch_id = $1 ->> ''batchId''' else '' end
    || case when request ? 'type' then ' and task.type = $1 ->> ''type''' else '' end
    || case when request ? 'status' then ' and task.status = $1 ->> ''status''' else '' end
    || case when request ? 'errorCode' then ' and task.error ->> ''code'' = $1 ->> ''errorCode''' else '' end $$;

-- Of an image that an older publisher stored only its path is known.
create or replace function concept_private.image_json(path text) returns jsonb
  language sql immutable set search_path = '' as $$
  select jsonb_build_object('path', path, 'width', 0, 'height', 0, 'bytes', 0, 'contentType', 'image/png', 'sha256', '') $$;

create or replace function concept_private.concept_json(concept public.concepts) returns jsonb
  language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', concept.id,
    'taskId', coalesce(concept.task_id, concept.id),
    'userId', concept.user_id,
    'logoDescription', concept.logo_description,
    'themeDescription', concept.theme_description,
    'image', coalesce(concept.image, concept_private.image_json(concept.image_path)),
    'variations', coalesce((
      select jsonb_agg(jsonb_build_object(
        'palette', jsonb_strip_nulls(jsonb_build_object('name', variation.palette_name, 'colors', variation.colors,
          'description', coalesce(variation.description, ''), 'roles', variation.roles)),
        'image', coalesce(variation.image, concept_private.image_json(variation.image_path))
      ) order by variation.position, variation.id)
      from public.color_variations variation where variation.concept_id = concept.id), '[]'),
    'scene', concept.scene,
    'refinement', concept.refinement,
    'warnings', concept.warnings,
    'createdAt', concept_private.iso(concept.created_at)
  ) $$;
