import type { Connection } from './connection.ts';
import { copyEffects, type Effects, flushEffects, noEffects } from './effects.ts';
import { type Durability, setDurability } from './open-database.ts';
import { endsTransaction } from './translate-error.ts';

/** A write of a group, and how it ended. */
export interface GroupWrite {
  readonly durability: Durability;
  readonly work: () => unknown;
  result?: unknown;
  failure?: { readonly thrown: unknown } | undefined;
}

/** Runs several writes in one transaction. */
export interface GroupCommit {
  /** Those of the last transaction, running or committed. */
  readonly effects: Effects;
  /**
   * Runs as many of the writes, from the first, as fit into a transaction. Each succeeds or fails for itself; what ends the
   * transaction, or fails a write that is alone, is thrown, and nothing stays. @returns those that were run.
   */
  run<Write extends GroupWrite>(writes: readonly Write[]): readonly Write[];
}

export interface GroupCommitOptions {
  readonly connection: Connection;
  /** The store's own: no write asks for more. */
  readonly durability: Durability;
  /** Called when a transaction has the lock. */
  readonly began: () => void;
}

type Runner = <Write extends GroupWrite>(writes: readonly Write[]) => readonly Write[] | undefined;

/** What has begun may finish; the rest goes into the next transaction, so that others get the lock in between. */
const MAX_TRANSACTION_MS = 4;

export function createGroupCommit({ connection, durability, began }: GroupCommitOptions): GroupCommit {
  let effects = noEffects();
  let current: Durability = durability;

  /** @returns undefined when the transaction was undone because the writes must be run apart. */
  const transact = <Write extends GroupWrite>(run: Runner, writes: readonly Write[]): readonly Write[] | undefined => {
    useDurability(writes.some((write) => write.durability === 'full') ? durability : 'normal');
    effects = noEffects();
    const broken = new Error('run apart');
    try {
      return connection.transaction('IMMEDIATE', () => {
        began();
        const done = run(writes);
        if (!done) throw broken;
        flushEffects(connection, effects);
        return done;
      });
    } catch (thrown) {
      if (thrown === broken) return undefined;
      throw thrown;
    }
  };

  /** Each in a savepoint of its own: what one of them did before it failed is undone alone. */
  const apart: Runner = (writes) =>
    runWhileShort(writes, (write) => {
      const before = copyEffects(effects);
      connection.run('SAVEPOINT entry');
      attempt(write);
      if (write.failure) {
        connection.run('ROLLBACK TO entry');
        effects = before;
      }
      connection.run('RELEASE entry');
      return true;
    });

  const useDurability = (wanted: Durability): void => {
    if (wanted === current) return;
    setDurability(connection, wanted);
    current = wanted;
  };

  return {
    get effects() {
      return effects;
    },
    run: (writes) => transact(together, writes) ?? transact(apart, writes)!,
  };
}

/** The common case: nothing fails. What does may have written, or left effects behind: the others must not commit those. */
function together<Write extends GroupWrite>(writes: readonly Write[]): readonly Write[] | undefined {
  return runWhileShort(writes, (write) => {
    attempt(write);
    if (write.failure && writes.length === 1) throw write.failure.thrown;
    return !write.failure;
  });
}

/** @returns those that were run; undefined as soon as one of them says that it cannot be. */
function runWhileShort<Write>(writes: readonly Write[], run: (write: Write) => boolean): readonly Write[] | undefined {
  const done: Write[] = [];
  const deadline = performance.now() + MAX_TRANSACTION_MS;
  for (const write of writes) {
    if (!run(write)) return undefined;
    done.push(write);
    if (performance.now() > deadline) break;
  }
  return done;
}

/** @throws what has undone the whole transaction. */
function attempt(write: GroupWrite): void {
  write.failure = undefined;
  try {
    write.result = write.work();
  } catch (thrown) {
    if (endsTransaction(thrown)) throw thrown;
    write.failure = { thrown };
  }
}
