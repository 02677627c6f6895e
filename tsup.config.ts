import { defineConfig } from 'tsup';
import type { Options } from 'tsup';
import { commonJsChunks } from './scripts/commonjs-chunks.ts';
import { thirdPartyLicenses } from './scripts/third-party-licenses.ts';

const common = {
  platform: 'node',
  target: 'node20',
  splitting: true,
  // TypeScript 7 has no compiler API for tsup's own declarations: `tsc -p tsconfig.build.json` writes them.
  dts: false,
  // `node:sqlite` exists under its prefixed name alone; tsup's default strips prefixes.
  removeNodeProtocol: false,
} satisfies Options;

/** Every library entry in one build, so that they share chunks and there is one copy of each module. */
const library = {
  ...common,
  name: 'library',
  entry: { index: 'src/index.ts', 'worker/index': 'src/worker/index.ts', 'testing/index': 'src/testing/index.ts' },
  format: ['esm'],
  outDir: 'dist',
  clean: ['!cli/**'],
} satisfies Options;

/** The command-line tool: minified CommonJS because it starts faster, with a chunk that is loaded on use per dynamic import. */
const commandLine = {
  ...common,
  name: 'cli',
  entry: { main: 'src/cli/main.ts' },
  // Split as ES modules, then converted chunk by chunk.
  format: ['esm'],
  plugins: [commonJsChunks()],
  outDir: 'dist/cli',
  outExtension: () => ({ js: '.cjs' }),
  clean: true,
  minify: true,
  noExternal: ['cli-table3', 'commander', 'ipaddr.js', 'ora', 'zod'],
  external: ['@google-cloud/pubsub', '@photostructure/sqlite', '@supabase/supabase-js', 'pg', 'sharp'],
  esbuildPlugins: [thirdPartyLicenses('THIRD-PARTY-LICENSES.txt')],
} satisfies Options;

// tsup reads a default export; nothing of ours imports it.
export default defineConfig([library, commandLine]);
