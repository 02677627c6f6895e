import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

export interface Child {
  readonly process: ChildProcess;
  /** What it printed so far, one JSON document a line. */
  readonly lines: readonly unknown[];
  /** Resolves once it has printed `count` lines; rejects when it ends before. */
  printed(count: number): Promise<void>;
  /** Resolves when it has ended; the code is null when a signal ended it. */
  readonly exited: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export interface ChildProgram {
  /** Runs a role of the child on a database file, or on whatever else it works on, in a process of its own. */
  start(role: string, file: string, ...rest: readonly string[]): Child;
  remove(): void;
}

const OWN_CHILD = new URL('./child.ts', import.meta.url);

/**
 * Builds a child, by default the `child.ts` beside this file: Node 20 runs no TypeScript. It lies under node_modules, where it
 * finds the database driver.
 */
export async function buildChild(name: string, source: URL = OWN_CHILD): Promise<ChildProgram> {
  const outDir = resolve('node_modules', '.cache', `concept-${name}-${process.pid}`);
  const entry = { child: fileURLToPath(source) };
  await build({ entry, outDir, format: ['esm'], config: false, silent: true, removeNodeProtocol: false });
  const script = join(outDir, 'child.js');
  return {
    start: (role, file, ...rest) => start([script, role, file, ...rest]),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}

function start(parameters: readonly string[]): Child {
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: unknown[] = [];
  let pending = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = `${pending}${chunk.toString()}`.split('\n');
    pending = parts.pop() ?? '';
    lines.push(...parts.map((part) => JSON.parse(part) as unknown));
    child.emit('printed');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  const printed = async (count: number): Promise<void> => {
    let hasEnded = false;
    void exited.then(() => (hasEnded = true));
    while (lines.length < count) {
      if (hasEnded) throw new Error(`the child ended after ${lines.length} lines: ${stderr}`);
      await Promise.race([once(child, 'printed'), exited]);
    }
  };
  return { process: child, lines, printed, exited };
}
