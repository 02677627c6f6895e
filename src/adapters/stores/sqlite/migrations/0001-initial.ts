/**
 * Times are Unix milliseconds, structured values are JSON, task types are wire names.
 * `task` is narrow and hot; what is read only with one task (input, events, checkpoints, results) lies beside it.
 * `waiting` marks pending tasks whose run_at is still to come, so that a claim never has to look at times.
 */
export const initial = `
CREATE TABLE task (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  waiting INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  lease_token TEXT,
  lease_owner TEXT,
  idempotency_key TEXT,
  batch_id TEXT,
  result_id TEXT,
  partial INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  progress TEXT,
  published_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER
) STRICT;

CREATE INDEX task_ready ON task (type, priority DESC, seq) WHERE status = 'pending' AND waiting = 0;
CREATE INDEX task_waiting ON task (run_at) WHERE waiting = 1;
CREATE INDEX task_processing ON task (lease_owner) WHERE status = 'processing';
CREATE INDEX task_failed ON task (seq) WHERE status = 'failed';
CREATE INDEX task_user ON task (user_id, seq);
CREATE INDEX task_batch ON task (batch_id, seq) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX task_idempotency ON task (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE task_input (
  seq INTEGER PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  input TEXT NOT NULL,
  input_hash TEXT NOT NULL
) STRICT;

CREATE TABLE task_count (
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (type, status)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER task_count_insert AFTER INSERT ON task BEGIN
  INSERT INTO task_count VALUES (new.type, new.status, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER task_count_update AFTER UPDATE OF status ON task WHEN old.status <> new.status BEGIN
  UPDATE task_count SET count = count - 1 WHERE type = old.type AND status = old.status;
  INSERT INTO task_count VALUES (new.type, new.status, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER task_count_delete AFTER DELETE ON task BEGIN
  UPDATE task_count SET count = count - 1 WHERE type = old.type AND status = old.status;
END;

CREATE TABLE event (
  task_seq INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (task_seq, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  position INTEGER PRIMARY KEY,
  task_seq INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,
  stage TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoint_task ON checkpoint (task_seq);

CREATE TABLE concept (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  logo_description TEXT NOT NULL,
  theme_description TEXT NOT NULL,
  image TEXT NOT NULL,
  scene TEXT,
  refinement TEXT,
  warnings TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX concept_user ON concept (user_id, seq);

CREATE TABLE variation (
  concept_seq INTEGER NOT NULL REFERENCES concept ON DELETE CASCADE,
  position INTEGER NOT NULL,
  palette_name TEXT NOT NULL,
  colors TEXT NOT NULL,
  description TEXT NOT NULL,
  roles TEXT,
  image TEXT NOT NULL,
  PRIMARY KEY (concept_seq, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE worker (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  types TEXT,
  started_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  dead INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX worker_live ON worker (expires_at) WHERE dead = 0;

CREATE TABLE credit_account (
  user_id TEXT PRIMARY KEY,
  available INTEGER NOT NULL CHECK (available >= 0),
  held INTEGER NOT NULL CHECK (held >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit_grant (
  user_id TEXT NOT NULL,
  key TEXT NOT NULL,
  amount INTEGER NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit_hold (
  task_seq INTEGER PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  amount INTEGER NOT NULL
) STRICT;
`;
