/**
 * A lease is two small numbers, the worker's and that of the claim's event, so that claiming a task hardly makes its row longer:
 * rows that grow split their pages. `result_id` is null when it is the task's own id, for the same reason.
 *
 * The table is made anew because its check of the status cost a fifth of every insert (a list is a table of its own to SQLite).
 *
 * Users in turn (`turn`, `fair_turn`; what waits already is numbered user by user), tasks held ahead of a free slot (`held`),
 * parked at a user's limit (`waiting = 2`), batches, results of other types than concepts, checksums, and which blobs each task
 * names (`blob_ref`). Counters are kept by the program from here on: one write per transaction, not per row. `event_seq` is the number of a task's newest event; the
 * first, `submitted`, follows from the task and is not stored. Leases end by the monotonic clock: earlier ones are given up.
 */
export const engine = `
CREATE TABLE task_anew (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status = 'pending' OR status = 'processing' OR status = 'completed' OR status = 'failed'
    OR status = 'cancelled'),
  waiting INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  idempotency_key TEXT,
  batch_id TEXT,
  event_seq INTEGER NOT NULL DEFAULT 1,
  held INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0,
  partial INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER,
  completed_at INTEGER,
  lease_token INTEGER,
  lease_owner INTEGER,
  provider TEXT,
  result_id TEXT,
  error TEXT,
  progress TEXT,
  published_at INTEGER
) STRICT;
INSERT INTO task_anew (seq, id, user_id, type, status, waiting, priority, turn, run_at, attempt, max_attempts, created_at,
    updated_at, idempotency_key, batch_id, event_seq, partial, started_at, completed_at, lease_owner, result_id, error, progress,
    published_at)
  SELECT seq, id, user_id, type, status, waiting, priority,
    CASE WHEN completed_at IS NULL AND NOT (waiting = 1 AND attempt = 0 AND error IS NULL)
      THEN row_number() OVER (
        PARTITION BY priority, user_id, completed_at IS NULL AND NOT (waiting = 1 AND attempt = 0 AND error IS NULL) ORDER BY seq)
      ELSE 0 END,
    run_at, attempt, max_attempts, created_at, updated_at, idempotency_key, batch_id,
    coalesce((SELECT max(event.seq) FROM event WHERE event.task_seq = task.seq), 1),
    partial, started_at, completed_at, iif(status = 'processing', 0, NULL), nullif(result_id, id), error, progress, published_at
  FROM task;
DROP TABLE task;
ALTER TABLE task_anew RENAME TO task;
DELETE FROM event WHERE seq = 1;

CREATE INDEX task_ready ON task (type, priority DESC, turn, seq) WHERE status = 'pending' AND waiting = 0;
CREATE INDEX task_waiting ON task (run_at) WHERE waiting = 1;
CREATE INDEX task_parked ON task (user_id, type, priority DESC, turn, seq) WHERE waiting = 2;
CREATE INDEX task_processing ON task (type, user_id, provider, lease_owner) WHERE status = 'processing';
CREATE INDEX task_failed ON task (seq) WHERE status = 'failed';
CREATE INDEX task_user ON task (user_id, seq);
CREATE INDEX task_batch ON task (batch_id, seq) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX task_idempotency ON task (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE fair_turn (
  priority INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  turn INTEGER NOT NULL,
  PRIMARY KEY (priority, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO fair_turn SELECT priority, user_id, max(turn) FROM task WHERE turn > 0 GROUP BY priority, user_id;

CREATE TABLE batch (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (user_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_name ON batch (name, created_at);
CREATE TABLE batch_count (
  batch_id TEXT NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (batch_id, status)
) STRICT, WITHOUT ROWID;
INSERT INTO batch_count SELECT batch_id, status, count(*) FROM task WHERE batch_id IS NOT NULL GROUP BY batch_id, status;

CREATE TABLE task_result (
  task_seq INTEGER PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  result TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
ALTER TABLE task_input ADD COLUMN checksum INTEGER;
ALTER TABLE concept ADD COLUMN checksum INTEGER;
CREATE INDEX concept_task ON concept (task_id);

CREATE TABLE blob_ref (
  path TEXT NOT NULL,
  task_seq INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (path, task_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_ref_task ON blob_ref (task_seq);
INSERT OR IGNORE INTO blob_ref
  SELECT image ->> 'path', task.seq, image ->> 'bytes' FROM concept JOIN task ON task.id = concept.task_id;
INSERT OR IGNORE INTO blob_ref
  SELECT variation.image ->> 'path', task.seq, variation.image ->> 'bytes'
  FROM variation JOIN concept ON concept.seq = variation.concept_seq JOIN task ON task.id = concept.task_id;
INSERT OR IGNORE INTO blob_ref
  SELECT refinement ->> 'originalImagePath', task.seq, 0
  FROM concept JOIN task ON task.id = concept.task_id WHERE refinement IS NOT NULL;
INSERT OR IGNORE INTO blob_ref
  SELECT source.value ->> 'path', task_input.seq, 0
  FROM task_input, json_each(CASE WHEN json_valid(task_input.input) THEN task_input.input ELSE '{}' END) AS source
  WHERE source.type = 'object' AND source.value ->> 'kind' = 'blob';
INSERT OR IGNORE INTO blob_ref
  SELECT concept.image ->> 'path', task_input.seq, 0
  FROM task_input, json_each(CASE WHEN json_valid(task_input.input) THEN task_input.input ELSE '{}' END) AS source
  JOIN concept ON concept.id = CASE source.type WHEN 'object' THEN source.value ->> 'conceptId' END;

DROP TABLE worker;
CREATE TABLE worker (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  types TEXT,
  started_at INTEGER NOT NULL,
  beat_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  dead INTEGER NOT NULL DEFAULT 0,
  ended_at INTEGER
) STRICT;
CREATE INDEX worker_live ON worker (expires_at) WHERE dead = 0;
`;
