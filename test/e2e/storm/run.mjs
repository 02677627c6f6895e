// npm run storm -- --seconds 30 --tasks 5000 --workers 4 [--seed N]
import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { build } from 'esbuild';

// Node 20 runs no TypeScript. It lies under node_modules, where it finds the packages that it imports.
const outfile = resolve('node_modules', '.cache', `concept-storm-main-${process.pid}.mjs`);
const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', packages: 'external', outfile });
try {
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2), new URL('./child.ts', import.meta.url));
} finally {
  await rm(outfile, { force: true });
}
