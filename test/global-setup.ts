import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '..');
const BUILT_LAST = ['dist/index.d.ts', 'dist/cli/main.cjs'];
const BUILT_FROM = ['src', 'package.json', 'tsup.config.ts', 'tsconfig.build.json'];

/** Builds once before the tests that run what is shipped, unless dist/ is already newer than all it is made from. */
export function setup(): void {
  const built = Math.min(...BUILT_LAST.map((path) => newestChange(path)));
  const changed = Math.max(...BUILT_FROM.map((path) => newestChange(path)));
  if (built > changed) return;
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], { cwd: REPOSITORY, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build failed:\n${stdout}${stderr}`);
}

/** Milliseconds since the epoch of the newest change at or under the path; 0 when it is missing. */
function newestChange(path: string): number {
  const absolute = join(REPOSITORY, path);
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  const files = readdirSync(absolute, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
