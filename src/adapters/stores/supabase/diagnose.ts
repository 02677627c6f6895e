import type { Clock } from '../../../ports/clock.ts';
import { type Diagnosis, type Problem, problemOf } from '../../../ports/diagnosis.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import { ROUTINES } from './routines.ts';
import type { Rpc } from './rpc.ts';

/** The newest migration of this version; the database tells the newest of its own. */
export const MIGRATION = '20261125000009';
/** Clocks that are further apart than this make times in the two logs misleading. */
const CLOCK_SKEW_MS = 5_000;

const SECRET_KEY_NEEDED = 'set CONCEPT_SUPABASE_SERVICE_ROLE to the secret key of this project: users may not look';

interface DiagnoseAnswer {
  readonly postgres: string;
  readonly migration: string;
  readonly now: string;
  /** Of the caller. */
  readonly role: string;
  /** Null without a table of tasks. */
  readonly withoutInput: number | null;
  readonly missingTables: readonly string[];
  readonly missingFunctions: readonly string[];
  /** Those that the role may not execute. */
  readonly refusedFunctions: readonly string[];
}

export interface DiagnosedProject {
  readonly url: string;
  readonly suffix: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** The facts and faults of the project's database; when it is away, that alone. */
export async function diagnoseSupabase(
  rpc: Rpc,
  { url, suffix, clock }: DiagnosedProject,
  call: CallOptions | undefined,
): Promise<Diagnosis> {
  const facts = { store: 'supabase', url };
  try {
    const functions = ROUTINES.map((name) => `concept_${name}${suffix}`);
    const startedAt = clock.now();
    const answer = await rpc.read<DiagnoseAnswer>('diagnose', { functions }, call);
    const skew = skewOf(Date.parse(answer.now), startedAt, clock.now());
    const { postgres, migration, role, withoutInput } = answer;
    return {
      facts: {
        ...facts,
        postgres,
        migration,
        role,
        rowsWithoutInput: withoutInput ?? 'unknown',
        clockSkewMs: skew.ms,
        clockSkewUncertaintyMs: skew.uncertaintyMs,
      },
      problems: [...migrationProblems(migration), ...lossProblems(answer), ...skewProblems(skew)],
    };
  } catch (thrown) {
    if (call?.signal?.aborted) throw thrown;
    const problem = problemOf(thrown);
    const isRefused = problem.code === 'NOT_ALLOWED';
    return { facts, problems: [isRefused ? { ...problem, hint: SECRET_KEY_NEEDED } : problem] };
  }
}

function migrationProblems(migration: string): readonly Problem[] {
  if (migration === MIGRATION) return [];
  const message = `the database is at migration ${migration}, this version goes with ${MIGRATION}`;
  return migration < MIGRATION
    ? [{ code: 'STORE_UNAVAILABLE', message, hint: 'apply the migrations with: concept db migrate' }]
    : [{ code: 'STORE_TOO_NEW', message, hint: 'update this package to the version that the others run' }];
}

/** What the migrations made and somebody took away, so that applying them finds nothing to do. */
function lossProblems(answer: DiagnoseAnswer): readonly Problem[] {
  const { migration, role, missingTables, missingFunctions, refusedFunctions } = answer;
  const again = 'run the output of: concept db sql';
  const hint = migration < MIGRATION ? 'apply the migrations with: concept db migrate' : `make it anew: ${again}`;
  const problems: Problem[] = [];
  const tell = (code: Problem['code'], names: readonly string[], what: string, advice: string): void => {
    if (names.length > 0) problems.push({ code, message: `${what} ${names.join(', ')}`, hint: advice });
  };
  tell('STORE_UNAVAILABLE', missingTables, 'the database has no table', `${hint}; its rows are in a backup at best`);
  tell('STORE_UNAVAILABLE', missingFunctions, 'the database has no function', hint);
  tell('NOT_ALLOWED', refusedFunctions, `the role ${role} may not execute`, `grant it anew: ${again}`);
  return problems;
}

interface Skew {
  readonly ms: number;
  /** Half of what the call took: the database told its time somewhere in between. */
  readonly uncertaintyMs: number;
}

function skewOf(databaseMs: number, startedAt: number, endedAt: number): Skew {
  const ms = Math.round(Math.abs(databaseMs - (startedAt + endedAt) / 2));
  return { ms, uncertaintyMs: Math.ceil((endedAt - startedAt) / 2) };
}

function skewProblems({ ms, uncertaintyMs }: Skew): readonly Problem[] {
  if (ms - uncertaintyMs <= CLOCK_SKEW_MS) return [];
  const message = `this machine's clock and the database's are ${Math.round(ms / 1_000)} s apart`;
  const hint = 'set the clock of this machine, for example by NTP; leases go by that of the database';
  return [{ code: 'STORE_UNAVAILABLE', message, hint }];
}
