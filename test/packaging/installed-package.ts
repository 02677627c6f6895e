import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

export interface InstalledPackage {
  /** A folder of its own with nothing but this package installed. */
  readonly folder: string;
  /** The paths inside the tarball. */
  readonly packedFiles: readonly string[];
  remove(): void;
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs this repository as `npm publish` would and installs the tarball in an empty folder, without install scripts. */
export function installPackage(): InstalledPackage {
  const scratch = mkdtempSync(join(tmpdir(), 'concept-package-'));
  const folder = join(scratch, 'consumer');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], REPOSITORY);
  const [report] = JSON.parse(packed.stdout) as PackReport[];
  if (report === undefined) throw new Error(`npm pack reported nothing: ${packed.stderr}`);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  run('npm', ['install', ...quiet, join(scratch, report.filename)], folder);
  return {
    folder,
    packedFiles: report.files.map(({ path }) => path),
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. @throws Error with its output when it fails */
export function run(program: string, args: readonly string[], cwd: string): RunResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}${error ?? ''}`);
  return { stdout, stderr };
}

/** `npm test` hands its own settings down to the npm that a test starts: they are not this package's. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|VITEST)/i.test(name)),
  );
}
