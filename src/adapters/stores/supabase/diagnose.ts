import type { Clock } from '../../../ports/clock.ts';
import { type Diagnosis, type Problem, problemOf } from '../../../ports/diagnosis.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Rpc } from './rpc.ts';

/** The newest migration of this version; the database tells the newest of its own. */
export const MIGRATION = '20261125000009';
/** Clocks that are further apart than this make times in the two logs misleading. */
const CLOCK_SKEW_MS = 5_000;

interface DiagnoseAnswer {
  readonly postgres: string;
  readonly migration: string;
  readonly now: string;
  readonly withoutInput: number;
}

/** The facts and faults of the project's database; when it is away, that alone. */
export async function diagnoseSupabase(
  rpc: Rpc,
  { url, clock }: { readonly url: string; readonly clock: Pick<Clock, 'now'> },
  call: CallOptions | undefined,
): Promise<Diagnosis> {
  const facts = { store: 'supabase', url };
  try {
    const { postgres, migration, now, withoutInput } = await rpc.read<DiagnoseAnswer>('diagnose', {}, call);
    const clockSkewMs = Math.abs(Date.parse(now) - clock.now());
    return {
      facts: { ...facts, postgres, migration, rowsWithoutInput: withoutInput, clockSkewMs },
      problems: [...migrationProblems(migration), ...(clockSkewMs > CLOCK_SKEW_MS ? [clockSkew(clockSkewMs)] : [])],
    };
  } catch (thrown) {
    if (call?.signal?.aborted) throw thrown;
    return { facts, problems: [problemOf(thrown)] };
  }
}

function migrationProblems(migration: string): readonly Problem[] {
  if (migration === MIGRATION) return [];
  const message = `the database is at migration ${migration}, this version goes with ${MIGRATION}`;
  return migration < MIGRATION
    ? [{ code: 'STORE_UNAVAILABLE', message, hint: 'apply the migrations with: concept db migrate' }]
    : [{ code: 'STORE_TOO_NEW', message, hint: 'update this package to the version that the others run' }];
}

function clockSkew(skewMs: number): Problem {
  return {
    code: 'STORE_UNAVAILABLE',
    message: `this machine's clock and the database's are ${Math.round(skewMs / 1_000)} s apart`,
    hint: 'set the clock of this machine, for example by NTP; leases go by that of the database',
  };
}
