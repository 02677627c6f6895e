import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = ['package.json', 'package-lock.json', '.npmrc'];
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs the peers as the lock file says, unless they are there already. */
export function installPeers(source: string, cache: string): void {
  mkdirSync(cache, { recursive: true });
  const stamp = join(cache, 'installed-lock.json');
  const wanted = readFileSync(join(source, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('installing the peers …\n');
  for (const file of MANIFEST) copyFileSync(join(source, file), join(cache, file));
  npm(['ci', ...QUIET], cache);
  writeFileSync(stamp, wanted);
}

/** The executable of this major version of Node: the running one, or else the one that npm carries. */
export function provideNode(major: number, cache: string): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(cache, `node-${major}`);
  const executable = join(prefix, 'node_modules', name, 'bin', 'node');
  if (!existsSync(executable)) {
    process.stderr.write(`fetching Node ${major} …\n`);
    mkdirSync(prefix, { recursive: true });
    npm(['install', '--prefix', prefix, '--no-save', ...QUIET, `${name}@${major}`], prefix);
  }
  return executable;
}

/** The version that an executable says it is, such as `24.1.0`. */
export function versionOfNode(executable: string): string {
  return execFileSync(executable, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
}

function npm(words: readonly string[], cwd: string): void {
  try {
    execFileSync('npm', words, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    throw new Error(`npm ${words.join(' ')} failed: the peers and Node come from the registry that npm is set to`);
  }
}
