-- The task rows as the outbox of a message queue.

-- Those that were never published, then those that have been silent for long: each a range of its index, so that a look that finds
-- nothing costs nothing. A time in the future is of a clock that was set back since: no sooner does it come to pass than any other.
create or replace function concept_private.unpublished(request jsonb) returns setof public.tasks
  language plpgsql volatile set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  fresh interval := (request ->> 'unpublishedForMs')::double precision * interval '1 millisecond';
  silent interval := (request ->> 'republishAfterMs')::double precision * interval '1 millisecond';
  most integer := (request ->> 'limit')::integer;
  taken integer;
begin
  return query select task.* from public.tasks task
    where task.status = 'pending' and not task.waiting and task.input is not null and task.published_at is null
      and (task.updated_at <= now - fresh or task.updated_at >= now + fresh)
    order by task.seq limit most for update skip locked;
  get diagnostics taken = row_count;
  return query select task.* from public.tasks task
    where task.status = 'pending' and not task.waiting and task.input is not null
      and (task.published_at <= now - silent or task.published_at >= now + silent)
    order by task.published_at, task.seq limit most - taken for update skip locked;
end $$;

-- They count as published from now on, so that no two callers get the same.
create or replace function public.concept_outbox_take(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  task public.tasks;
  messages jsonb := '[]';
begin
  perform concept_private.promote_due();
  for task in select * from concept_private.unpublished(request) loop
    update public.tasks set published_at = now where id = task.id;
    messages := messages || jsonb_build_object('taskId', task.id, 'userId', task.user_id, 'type', task.type, 'input', task.input);
  end loop;
  return jsonb_build_object('messages', messages);
end $$;

create or replace function public.concept_outbox_mark(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  marked integer;
begin
  update public.tasks set published_at = case when (request ->> 'published')::boolean then concept_private.now() end
    where id in (select concept_private.as_uuid(listed.id) from jsonb_array_elements_text(request -> 'taskIds') listed(id))
      and status = 'pending';
  get diagnostics marked = row_count;
  return jsonb_build_object('marked', marked);
end $$;

-- Fails a task whose message is no valid input: no attempt could begin.
create or replace function public.concept_refuse(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
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
