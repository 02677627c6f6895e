-- The task rows as the outbox of a message queue.

-- Those that were never published, then those that have been silent for long: each a range of the one index that has their order, so
-- that a look that finds nothing costs nothing. A time in the future is of a clock that was set back since: no sooner does it come to
-- pass than any other.
create or replace function concept_private.unpublished(request jsonb) returns setof uuid
  language plpgsql volatile set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
declare
  now timestamptz := concept_private.now();
  fresh interval := (request ->> 'unpublishedForMs')::double precision * interval '1 millisecond';
  silent interval := (request ->> 'republishAfterMs')::double precision * interval '1 millisecond';
  most integer := (request ->> 'limit')::integer;
  taken integer;
begin
  return query select task.id from public.tasks task
    where task.status = 'pending' and not task.waiting and task.input is not null and task.published_at is null
      and (task.updated_at <= now - fresh or task.updated_at >= now + fresh)
    order by task.published_at nulls first, task.seq limit most for update skip locked;
  get diagnostics taken = row_count;
  most := most - taken;
  return query select task.id from public.tasks task
    where task.status = 'pending' and not task.waiting and task.input is not null and task.published_at <= now - silent
    order by task.published_at nulls first, task.seq limit most for update skip locked;
  get diagnostics taken = row_count;
  most := most - taken;
  return query select task.id from public.tasks task
    where task.status = 'pending' and not task.waiting and task.input is not null and task.published_at >= now + silent
    order by task.published_at nulls first, task.seq limit most for update skip locked;
end $$;

-- The messages of tasks, each found by its id alone.
create or replace function concept_private.messages_json(ids uuid[]) returns jsonb
  language plpgsql stable set search_path = '' set jit = off set enable_seqscan = off as $$
begin
  return jsonb_build_object('messages', coalesce((
    select jsonb_agg(found.message order by listed.place) from unnest(ids) with ordinality listed(id, place)
      cross join lateral (select (select jsonb_build_object('taskId', task.id, 'userId', task.user_id, 'type', task.type,
        'input', task.input) from public.tasks task where task.id = listed.id) as message) found
      where found.message is not null), '[]'));
end $$;

-- They count as published from now on, so that no two callers get the same. What was taken is kept under the call's `writeId`, for
-- its repeat; a look that finds nothing writes nothing.
create or replace function public.concept_outbox_take(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  now timestamptz := concept_private.now();
  task uuid;
  ids uuid[] := '{}';
begin
  -- A repeat that comes while the first is under way would take others.
  perform pg_advisory_xact_lock(hashtextextended('concept_private outbox ' || (request ->> 'writeId'), 0));
  ids := array(select jsonb_array_elements_text(concept_private.kept_answer(request, 'outbox_take', null))::uuid);
  if ids <> '{}' then return concept_private.messages_json(ids); end if;
  perform concept_private.promote_due();
  for task in select concept_private.unpublished(request) loop
    update public.tasks set published_at = now where id = task;
    ids := ids || task;
  end loop;
  if ids <> '{}' then
    perform concept_private.earlier_answer(request, 'outbox_take', null);
    perform concept_private.keep_answer(request, 'outbox_take', null, to_jsonb(ids));
  end if;
  return concept_private.messages_json(ids);
end $$;

create or replace function public.concept_outbox_mark(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  marked integer;
begin
  update public.tasks set published_at = case when (request ->> 'published')::boolean then concept_private.now() end
    where id = any (array(select concept_private.as_uuid(listed.id) from jsonb_array_elements_text(request -> 'taskIds') listed(id)))
      and case when status = 'pending' then true end;
  get diagnostics marked = row_count;
  return jsonb_build_object('marked', marked);
end $$;

-- Fails a task whose message is no valid input: no attempt could begin.
create or replace function public.concept_refuse(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' set jit = off set enable_seqscan = off as $$
declare
  now timestamptz := concept_private.now();
  failure jsonb := request -> 'error';
  task public.tasks;
begin
  select hit.* into task from public.tasks hit where hit.id = concept_private.as_uuid(request ->> 'taskId') for update;
  if task.id is null then return jsonb_build_object('outcome', 'unknown'); end if;
  if task.last_write = request ->> 'writeId' then return jsonb_build_object('outcome', 'failed'); end if;
  if task.status <> 'pending' then return jsonb_build_object('outcome', 'left'); end if;
  update public.tasks set status = 'failed', waiting = false, error = failure, error_message = failure ->> 'message',
    completed_at = now, updated_at = now, last_write = request ->> 'writeId' where id = task.id;
  perform concept_private.append_event(task.id, 'failed', task.attempt, jsonb_build_object('error', failure));
  perform concept_private.end_hold(task.id, 'refund');
  return jsonb_build_object('outcome', 'failed');
end $$;

-- Whether a claim may find anything: what a worker without a message queue asks again and again.
create or replace function public.concept_peek(request jsonb) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  -- Read once: a time that may change from row to row is no range of an index.
  now timestamptz := concept_private.now();
begin
  return jsonb_build_object('due',
    exists (select 1 from public.tasks task where task.status = 'pending' and not task.waiting and task.input is not null)
    or exists (select 1 from public.tasks task
      where task.status = 'pending' and task.waiting and task.run_at <= now));
end $$;

-- Nobody calls them before the last migration says who may.
revoke all on function public.concept_outbox_take(jsonb), public.concept_outbox_mark(jsonb), public.concept_refuse(jsonb),
  public.concept_peek(jsonb) from public, anon, authenticated;
