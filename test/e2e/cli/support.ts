import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach } from 'vitest';
import type { AttemptReport, BatchSummary, TaskCounts, WorkerSummary } from '../../../src/cli/runtime-types.ts';
import type { Concept } from '../../../src/core/concept.ts';
import type { Task } from '../../../src/core/task.ts';

export const BIN = fileURLToPath(new URL('../../../bin/concept', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout has matched. */
  seen(pattern: RegExp): Promise<void>;
}

/** Every field that some command's document has; which ones, the test knows. */
export interface JsonDocument {
  readonly task: Task;
  readonly concept: Concept;
  readonly files: readonly string[];
  readonly tasks: readonly Task[];
  readonly counts: TaskCounts;
  readonly workers: number;
  readonly batch: BatchSummary & { readonly created: number };
  readonly changed: number;
}

/** A data directory with a working directory and configuration of its own, removed after the test. */
export interface Sandbox {
  readonly home: string;
  readonly folder: string;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): Running;
  /** With a text on standard input. */
  startWithInput(input: string, args: readonly string[]): Running;
  /** Held to the permissions of files, which root is not. */
  startHeld(args: readonly string[]): Running;
  /** As the child of another program that is given the whole command line. */
  startUnder(
    wrapper: readonly string[],
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Running;
  run(...args: readonly string[]): Promise<Ended>;
  /** Runs with `--json`, expects success and parses the one document. */
  json(...args: readonly string[]): Promise<JsonDocument>;
}

const sandboxes: string[] = [];
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(sandboxes.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** @param settings environment variables of every command. */
export async function sandbox(settings: Readonly<Record<string, string>> = {}): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'concept-e2e-'));
  sandboxes.push(folder);
  await mkdir(join(folder, 'work'));
  const home = join(folder, 'home');
  const environment = { CONCEPT_HOME: home, ...plainEnvironment(folder), ...settings };
  const cwd = join(folder, 'work');
  const startUnder: Sandbox['startUnder'] = (wrapper, args, more = {}) =>
    launch(args, { cwd, env: { ...environment, ...more } }, wrapper);
  const start: Sandbox['start'] = (args, more) => startUnder([], args, more);
  const run = (...args: readonly string[]): Promise<Ended> => start(args).ended;
  return {
    home,
    folder: join(folder, 'work'),
    start,
    startWithInput: (input, args) => {
      const started = launch(args, { cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
      started.child.stdin!.end(input);
      return started;
    },
    startHeld: (args) => startUnder(process.getuid?.() === 0 ? WITHOUT_OVERRIDE : [], args),
    startUnder,
    run,
    json: async (...args) => {
      const { code, stdout, stderr } = await run(...args, '--json');
      if (code !== 0) throw new Error(`concept ${args.join(' ')} exited ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
  };
}

function plainEnvironment(folder: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') };
}

/** Of util-linux: root without the capability to pass over the permissions of files. */
const WITHOUT_OVERRIDE = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override'];

function launch(args: readonly string[], options: SpawnOptions, wrapper: readonly string[] = []): Running {
  const [program, ...words] = [...wrapper, process.execPath, BIN, ...args];
  const child = spawn(program!, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  const seen = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(stdout)) {
      if (child.exitCode !== null) throw new Error(`it ended before ${pattern}: ${stdout}${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { child, ended, seen };
}

/** Polls until the check gives something. */
export async function eventually<T>(check: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What `work --json` prints. */
export function workerLines(text: string): readonly (Partial<AttemptReport> & { readonly summary?: WorkerSummary })[] {
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Smooth noise over a gradient, as a JPEG of `side` pixels: thousands of colours, as a photograph has. */
export async function photoLike(file: string, side: number): Promise<string> {
  const pixels = Buffer.alloc(side * side * 3);
  for (let index = 0; index < side * side; index++) {
    const [x, y] = [index % side, Math.floor(index / side)];
    pixels[index * 3] = 120 + 100 * Math.sin(x / 37) * Math.cos(y / 53);
    pixels[index * 3 + 1] = (y / side) * 200 + 20 * Math.sin(x / 11);
    pixels[index * 3 + 2] = 90 + 80 * Math.cos((x + y) / 71);
  }
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toFile(file);
  return file;
}
