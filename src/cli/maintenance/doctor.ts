import { ignoredVariables } from '../../config/ignored-variables.ts';
import { changedSettings } from '../../config/shown-settings.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Field, fieldLines } from '../render/fields.ts';
import { paint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import type { Config } from '../../config/settings.ts';
import { type BackendPart, BACKEND_PARTS, type Examination } from '../../config/examine.ts';
import type { LiveWorker, Problem, TaskCounts } from '../runtime-types.ts';

/** Everything that `concept doctor` has to say. */
interface Findings extends Readonly<Record<BackendPart, Facts>> {
  readonly healthy: boolean;
  readonly home: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
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

const INDENT = '  ';
const COUNTED = ['pending', 'retrying', 'processing', 'completed', 'failed'] as const;

/** `concept doctor`. */
export async function doctor(context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  try {
    const config = await context.loadConfig();
    const findings = findingsOf(config, await context.examine(config, interruption.signal));
    if (io.mode.json) io.json(findings);
    else print(findings, io);
    return findings.healthy ? EXIT.success : EXIT.unreachable;
  } finally {
    interruption.dispose();
  }
}

function findingsOf(config: Config, { facts, problems, workers, counts }: Examination): Findings {
  const { home, ...settings } = { ...changedSettings(config), home: config.home };
  return {
    healthy: problems.length === 0,
    home,
    settings,
    ...facts,
    provider: 'builtin',
    ignored: ignoredVariables(),
    problems,
    workers,
    counts,
  };
}

function print(findings: Findings, io: Io): void {
  const { home, settings, provider, ignored, problems, workers, counts } = findings;
  const { red, green } = paint(io.stdout.colourLevel);
  printFields(
    [
      ['data directory', home],
      ['image provider', `${provider}, needs no key`],
      ['ignored variables', ignored.join(', ')],
    ],
    io,
  );
  const changed = Object.entries(settings).map(([name, value]): Field => [name, String(value)]);
  if (changed.length > 0) io.data('settings:');
  printFields(changed, io, INDENT);
  for (const part of BACKEND_PARTS) printPart(part, findings, io);
  printFields(
    [
      ...COUNTED.map((name): Field => [name, counts?.[name] ?? null]),
      ['workers', workers?.length ?? null],
      ...(workers ?? []).map((worker): Field => [worker.kind, workerText(worker)]),
      ['problems', problems.length, problems.length > 0 ? red : green],
    ],
    io,
  );
}

/** A backend with its problems, so that each is read beside what it is about. */
function printPart(part: BackendPart, { [part]: facts, problems }: Findings, io: Io): void {
  const { [part]: kind, ...others } = facts;
  const { red, dim } = paint(io.stdout.colourLevel);
  printFields([[part, kind ?? 'unknown']], io);
  printFields(
    Object.entries(others).map(([name, value]): Field => [inWords(name), value]),
    io,
    INDENT,
  );
  for (const { message, hint } of problems.filter((problem) => problem.part === part)) {
    io.data(`${INDENT}${red('problem:')} ${printable(message)}`);
    io.data(`${INDENT}${dim('hint:')} ${printable(hint)}`);
  }
}

function printFields(fields: readonly Field[], io: Io, indent = ''): void {
  for (const line of fieldLines(fields, io.stdout)) io.data(`${indent}${line}`);
}

/** `clockSkewMs` as `clock skew ms`. */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function workerText({ id, host, pid, types }: LiveWorker): string {
  return `${id} on ${host}, process ${pid}, ${types === null ? 'all types' : types.join(' and ')}`;
}
