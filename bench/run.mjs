// Runs a benchmark of this folder: `node bench/run.mjs NAME [options]`. They are TypeScript, which Node 20 does not run, so
// they are bundled first, into a cache folder of their own; packages stay outside the bundle.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The programs of each benchmark: `main` is run here, the others in processes that it starts. */
const PROGRAMS = { queue: ['main', 'measure', 'worker'], 'task-overhead': ['main'] };

const [name = '', ...options] = process.argv.slice(2);
const programs = PROGRAMS[name];
if (!programs)
  throw new Error(`no benchmark ${JSON.stringify(name)}: choose one of ${Object.keys(PROGRAMS).join(', ')}`);

const folder = join(import.meta.dirname, name);
const outdir = join(folder, '.cache', 'build');
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: programs.map((program) => join(folder, `${program}.ts`)),
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
const { main } = await import(pathToFileURL(join(outdir, 'main.mjs')).href);
try {
  process.exitCode = await main(options);
} catch (thrown) {
  process.stderr.write(`bench:${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
