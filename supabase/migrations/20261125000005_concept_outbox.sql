-- The task rows as the outbox of a message queue.

-- A time in the future is of a clock that was set back since: no sooner does it come to pass than any other.
create or replace function concept_private.is_past(at timestamptz, for_ms double precision) returns boolean
  language sql volatile set search_path = ''
  as $$ select abs(extract(epoch from concept_private.now() - at)) * 1000 >= for_ms $$;

-- They count as published from now on, so that no two callers get the same.
create or replace function public.concept_outbox_take(request jsonb) returns jsonb
  language plpgsql volatile security definer set search_path = '' as $$
declare
  now timestamptz := concept_private.now();
  messages jsonb;
begin
  with chosen as materialized (
    select task.id, row_number() over (order by task.published_at nulls first, task.seq) as place
    from (select waiting.* from public.tasks waiting
      where waiting.status = 'pending' and waiting.input is not null and waiting.run_at <= now
        and case when waiting.published_at is null
          then concept_private.is_past(waiting.updated_at, (request ->> 'unpublishedForMs')::double precision)
          else waiting.published_at < waiting.run_at
            or concept_private.is_past(waiting.published_at, (request ->> 'republishAfterMs')::double precision) end
      order by waiting.published_at nulls first, waiting.seq
      limit (request ->> 'limit')::integer for update skip locked) task
  ), taken as (
    update public.tasks task set published_at = now from chosen where task.id = chosen.id
    returning chosen.place, jsonb_build_object('taskId', task.id, 'userId', task.user_id, 'type', task.type, 'input', task.input) as message
  )
  select jsonb_agg(taken.message order by taken.place) into messages from taken;
  return jsonb_build_object('messages', coalesce(messages, '[]'));
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
begin
  return jsonb_build_object('due',
    exists (select 1 from public.tasks task where task.status = 'pending' and not task.waiting and task.input is not null)
    or exists (select 1 from public.tasks task
      where task.status = 'pending' and task.waiting and task.run_at <= concept_private.now()));
end $$;
