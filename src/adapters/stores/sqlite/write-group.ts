import type { Connection } from './connection.ts';
import { copyEffects, type Effects, flushEffects, noEffects } from './effects.ts';
import type { LockShare } from './lock-share.ts';
import { type Durability, keepLogShort, setDurability } from './open-database.ts';
import { endsTransaction } from './translate-error.ts';

/** A write and how it went. */
export interface GroupedWrite {
  readonly durability: Durability;
  /** A worker's. */
  readonly patient: boolean;
  readonly work: () => unknown;
  result?: unknown;
  failure?: { readonly thrown: unknown } | undefined;
}

/** Runs writes together in one transaction. */
export interface GroupRunner {
  /**
   * @returns those that were run, from the first on: each with its result or its own failure, all committed.
   * @throws what the transaction as a whole failed with, or a write without neighbours; then none of it stays.
   */
  run<Write extends GroupedWrite>(writes: readonly Write[]): readonly Write[];
  /** Of the running transaction, or of the last one. */
  readonly effects: Effects;
}

/** What has begun may finish; the rest goes into the next transaction, so that others get the lock in between. */
const MAX_TRANSACTION_MS = { alone: 8, wanted: 1 } as const;

export interface GroupRunnerOptions {
  readonly connection: Connection;
  readonly durability: Durability;
  readonly share: LockShare;
}

export function createGroupRunner({ connection, durability, share }: GroupRunnerOptions): GroupRunner {
  let effects = noEffects();
  const prepare = createPreparation(connection, durability);

  /** @returns undefined when the transaction was undone because the writes must be run apart. */
  const transact = <Write extends GroupedWrite>(
    writes: readonly Write[],
    run: (writes: readonly Write[]) => readonly Write[] | undefined,
  ): readonly Write[] | undefined => {
    prepare(writes);
    effects = noEffects();
    try {
      return connection.transaction('IMMEDIATE', () => {
        share.began();
        const done = run(writes);
        if (!done) throw UNDO;
        flushEffects(connection, effects);
        return done;
      });
    } catch (thrown) {
      if (thrown === UNDO) return undefined;
      throw thrown;
    }
  };

  /** The common case: nothing fails. What does may have written, or left effects behind: the others must not commit those. */
  const runTogether = <Write extends GroupedWrite>(writes: readonly Write[]): readonly Write[] | undefined => {
    const latest = deadline(share);
    for (const [index, write] of writes.entries()) {
      attempt(write);
      const failure = write.failure?.thrown;
      if (write.failure && (writes.length === 1 || endsTransaction(failure))) throw failure;
      if (write.failure) return undefined;
      if (performance.now() > latest) return writes.slice(0, index + 1);
    }
    return writes;
  };

  /** Each in a savepoint of its own: what one of them did before it failed is undone alone. */
  const runApart = <Write extends GroupedWrite>(writes: readonly Write[]): readonly Write[] => {
    const latest = deadline(share);
    for (const [index, write] of writes.entries()) {
      const before = copyEffects(effects);
      connection.run('SAVEPOINT write');
      attempt(write);
      if (write.failure) {
        if (endsTransaction(write.failure.thrown)) throw write.failure.thrown;
        connection.run('ROLLBACK TO write');
        effects = before;
      }
      connection.run('RELEASE write');
      if (performance.now() > latest) return writes.slice(0, index + 1);
    }
    return writes;
  };

  return {
    run: (writes) => transact(writes, runTogether) ?? transact(writes, runApart)!,
    get effects() {
      return effects;
    },
  };
}

/** Has the connection wait for the disk, and keep its log short, as the writes of a transaction want it. */
function createPreparation(connection: Connection, durability: Durability): (writes: readonly GroupedWrite[]) => void {
  let current = durability;
  let isWorker = false;
  return (writes) => {
    const wanted = writes.some((write) => write.durability === 'full') ? durability : 'normal';
    if (wanted !== current) setDurability(connection, wanted);
    current = wanted;
    if (isWorker || !writes.some(({ patient }) => patient)) return;
    isWorker = true;
    keepLogShort(connection);
  };
}

function deadline(share: LockShare): number {
  return performance.now() + MAX_TRANSACTION_MS[share.isWanted() ? 'wanted' : 'alone'];
}

const UNDO = new Error('the writes must be run apart');

function attempt(write: GroupedWrite): void {
  write.failure = undefined;
  try {
    write.result = write.work();
  } catch (thrown) {
    write.failure = { thrown };
  }
}
