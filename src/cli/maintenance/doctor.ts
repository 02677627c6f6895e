import { ignoredVariables } from '../../config/ignored-variables.ts';
import { changedSettings } from '../../config/shown-settings.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Field, fieldLines } from '../render/fields.ts';
import { paint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import type { LiveWorker, Runtime, Problem, TaskCounts } from '../runtime-types.ts';

/** Everything that `concept doctor` has to say. */
interface Findings {
  readonly healthy: boolean;
  readonly home: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly store: Facts;
  readonly queue: Facts;
  readonly blobs: Facts;
  /** Who makes the images; it needs no key. */
  readonly provider: 'builtin';
  /** Variables that are set and change nothing. */
  readonly ignored: readonly string[];
  readonly problems: readonly Problem[];
  /** Null when the store cannot tell. */
  readonly workers: readonly LiveWorker[] | null;
  readonly counts: TaskCounts | null;
}

type Facts = Readonly<Record<string, string | number>>;

const COUNTED = ['pending', 'retrying', 'processing', 'completed', 'failed'] as const;

/** `concept doctor`. */
export async function doctor(context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  try {
    const { signal } = interruption;
    return await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const findings = await examine(runtime, signal);
      if (io.mode.json) io.json(findings);
      else print(findings, io);
      return findings.healthy ? EXIT.success : EXIT.unreachable;
    });
  } finally {
    interruption.dispose();
  }
}

async function examine({ config, client, workers }: Runtime, signal: AbortSignal): Promise<Findings> {
  const { problems, ...facts } = await client.maintenance.diagnose({ signal });
  const { home, ...settings } = { ...changedSettings(config), home: config.home };
  return {
    healthy: problems.length === 0,
    home,
    settings,
    ...facts,
    provider: 'builtin',
    ignored: ignoredVariables(),
    problems,
    workers: await unlessAway(workers.live({ signal })),
    counts: await unlessAway(client.tasks.counts({ signal })),
  };
}

/** A store that is away is among the problems already. */
function unlessAway<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch(() => null);
}

function print(findings: Findings, io: Io): void {
  const { home, settings, store, queue, blobs, provider, ignored, problems, workers, counts } = findings;
  const { red, green, dim } = paint(io.stdout.colourLevel);
  const fields: readonly Field[] = [
    ['data directory', home],
    ...Object.entries(settings).map(([name, value]): Field => [`setting ${name}`, String(value)]),
    ...[store, queue, blobs].flatMap((facts) => Object.entries(facts).map(([name, value]): Field => [name, value])),
    ['provider', `${provider}, needs no key`],
    ['ignored variables', ignored.join(', ')],
    ...COUNTED.map((name): Field => [name, counts?.[name] ?? null]),
    ['workers', workers?.length ?? null],
    ...(workers ?? []).map((worker): Field => [worker.kind, workerText(worker)]),
    ['problems', problems.length, problems.length > 0 ? red : green],
  ];
  for (const line of fieldLines(fields, io.stdout)) io.data(line);
  for (const { message, hint } of problems) {
    io.data(`${red('problem:')} ${printable(message)}`);
    io.data(`${dim('hint:')} ${printable(hint)}`);
  }
}

function workerText({ id, host, pid, types }: LiveWorker): string {
  return `${id} on ${host}, process ${pid}, ${types === null ? 'all types' : types.join(' and ')}`;
}
