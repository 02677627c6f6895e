/** One rule shown by a file that breaks it and a twin that does not. */
export interface LintCase {
  readonly title: string;
  /** As oxlint names it: `plugin(rule)`. */
  readonly rule: string;
  /** Where both files lie; the bad one is linted in one tree, its twin at the same place in another. */
  readonly path: string;
  readonly bad: string;
  readonly good: string;
}

const BOUNDARIES = 'house(import-boundaries)';

/** Files that both trees have, for the cases to import. */
export const SUPPORT_FILES: Readonly<Record<string, string>> = {
  'src/core/value.ts': 'export const value = 1;\nexport type Value = number;\n',
  'src/ports/store.ts': 'export interface Store {\n  readonly name: string;\n}\n',
  'src/imaging/pixels.ts': 'export const pixels = 1;\n',
  'src/stages/stage.ts': 'export interface StageOptions {\n  readonly signal: AbortSignal;\n}\n',
  'src/stages/one.ts': 'export const one = 1;\n',
  'src/processors/registry.ts': 'export const registry = 1;\n',
  'src/adapters/stores/first.ts': 'export const first = 1;\n',
  'src/adapters/stores/second/rows.ts': 'export const rows = 1;\n',
  'src/config/load-config.ts': 'export const config = 1;\n',
  'src/sdk/client.ts': 'export const client = 1;\n',
  'src/worker/create-worker.ts': 'export const worker = 1;\n',
  'src/cli/io.ts': 'export const io = 1;\n',
};

const IMPORT_CASES: readonly LintCase[] = [
  forbid('core', '../ports/store.ts', './value.ts'),
  forbid('ports', '../adapters/stores/first.ts', '../core/value.ts'),
  forbid('imaging', '../stages/one.ts', '../core/value.ts'),
  forbid('stages', '../adapters/stores/first.ts', '../imaging/pixels.ts'),
  forbid('stages', '../config/load-config.ts', '../ports/store.ts'),
  forbid('processors', '../imaging/pixels.ts', '../stages/one.ts'),
  forbid('adapters/stores', '../../imaging/pixels.ts', '../../core/value.ts'),
  forbid('adapters/images/builtin', '../../../stages/one.ts', '../../../imaging/pixels.ts'),
  forbid('sdk', '../config/load-config.ts', '../ports/store.ts'),
  forbid('worker', '../adapters/stores/first.ts', '../processors/registry.ts'),
  forbid('config', '../adapters/stores/first.ts', '../core/value.ts'),
  forbid('cli', '../adapters/stores/first.ts', '../sdk/client.ts'),
  forbid('testing', '../cli/io.ts', '../adapters/stores/first.ts'),
  forbid('elsewhere', '../core/value.ts', undefined),
  forbid('stages', './one.ts', './stage.ts'),
  forbid('adapters/stores', './first.ts', '../../ports/store.ts'),
  forbid('adapters/stores/third', '../second/rows.ts', '../../../core/value.ts'),
  {
    title: 'config/wire.ts is the one configuration file that sees adapters, and it leaves the CLI alone',
    rule: BOUNDARIES,
    path: 'src/config/wire.ts',
    bad: bareImport('../cli/io.ts'),
    good: bareImport('../adapters/stores/first.ts') + bareImport('../sdk/client.ts'),
  },
  {
    title: 'a dynamic import is an import',
    rule: BOUNDARIES,
    path: 'src/stages/lazy.ts',
    bad: "export const load = async () => import('../adapters/stores/first.ts');\n",
    good: "export const load = async () => import('../imaging/pixels.ts');\n",
  },
  {
    title: 'a re-export is an import',
    rule: BOUNDARIES,
    path: 'src/sdk/re-export.ts',
    bad: "export { worker } from '../worker/create-worker.ts';\n",
    good: "export { value } from '../core/value.ts';\n",
  },
  {
    title: 'a type import is an import',
    rule: BOUNDARIES,
    path: 'src/core/types.ts',
    bad: "import type { Store } from '../ports/store.ts';\nexport type Stored = Store;\n",
    good: "import type { Value } from './value.ts';\nexport type Stored = Value;\n",
  },
];

const PACKAGE_CASES: readonly LintCase[] = [
  forbid('stages', 'sharp', undefined),
  forbid('core', 'sharp', 'zod'),
  forbid('sdk', 'zod', undefined),
  forbid('stages', 'ipaddr.js', undefined),
  forbid('adapters/blobs', '@photostructure/sqlite', undefined),
  forbid('adapters/blobs', 'node:sqlite', 'node:fs'),
  forbid('sdk', 'commander', undefined),
  forbid('config', 'ora', 'zod'),
  forbid('worker', 'cli-table3', undefined),
  forbid('core', 'node:fs', 'node:crypto'),
  forbid('ports', 'node:net', undefined),
  forbid('worker', 'node:process', 'node:os'),
  forbid('adapters/stores', 'left-pad', '@photostructure/sqlite'),
  forbid('sdk', 'commander', 'node:path'),
];

const CODE_CASES: readonly LintCase[] = [
  inFile('import/no-cycle', 'src/core/cycle.ts', {
    bad: "import { other } from './cycle-other.ts';\nexport const cycle = () => other;\n",
    good: 'export const cycle = () => 1;\n',
  }),
  inFile('import/no-default-export', 'src/core/default-export.ts', {
    bad: 'export default 1;\n',
    good: 'export const one = 1;\n',
  }),
  inFile('node/no-process-env', 'src/sdk/environment.ts', {
    bad: "export const home = process.env['HOME'];\n",
    good: "export const home = '';\n",
  }),
  inFile('eslint/no-console', 'src/worker/console.ts', {
    bad: "console.log('x');\nexport const x = 1;\n",
    good: 'export const x = 1;\n',
  }),
  inFile('unicorn/no-process-exit', 'src/sdk/process-exit.ts', {
    bad: 'export const stop = () => process.exit(1);\n',
    good: 'export const stop = () => 1;\n',
  }),
  ...['exitCode', 'stdin', 'stdout', 'stderr'].map((property) =>
    inFile('eslint/no-restricted-properties', `src/worker/process-${property}.ts`, {
      bad: `export const taken = process.${property};\n`,
      good: 'export const taken = process.pid;\n',
    }),
  ),
  inFile('typescript/no-floating-promises', 'src/sdk/floating.ts', {
    bad: 'export function start(): void {\n  Promise.resolve(1);\n}\n',
    good: 'export function start(): void {\n  void Promise.resolve(1);\n}\n',
  }),
  inFile('typescript/no-explicit-any', 'src/core/any.ts', {
    bad: 'export const x: any = 1;\n',
    good: 'export const x: unknown = 1;\n',
  }),
  inFile('typescript/switch-exhaustiveness-check', 'src/core/switch.ts', {
    bad: switchOver("case 'a':\n      return 1;"),
    good: switchOver("case 'a':\n      return 1;\n    case 'b':\n      return 2;"),
  }),
  inFile('eslint/max-lines-per-function', 'src/core/long-function.ts', {
    bad: `export function long(): void {\n${'  void 0;\n'.repeat(60)}}\n`,
    good: `export function long(): void {\n${'  void 0;\n'.repeat(58)}}\n`,
  }),
  inFile('eslint/max-lines', 'src/core/long-file.ts', {
    bad: `export const x = 1;\n${'// a line\n'.repeat(300)}`,
    good: `export const x = 1;\n${'// a line\n'.repeat(290)}`,
  }),
  inFile('house/reasoned-disable', 'src/core/disable.ts', {
    bad: '// oxlint-disable-next-line typescript/no-explicit-any\nexport const x: any = 1;\n',
    good: '// oxlint-disable-next-line typescript/no-explicit-any -- the callee declares any\nexport const x: any = 1;\n',
  }),
  inFile('unicorn/no-abusive-eslint-disable', 'src/core/disable-all.ts', {
    bad: '// eslint-disable-next-line -- for a good reason\nexport const x: any = 1;\n',
    good: 'export const x: unknown = 1;\n',
  }),
  inFile('typescript/ban-ts-comment', 'src/core/expect-error.ts', {
    bad: "// @ts-expect-error\nexport const x: number = 'a';\n",
    good: "// @ts-expect-error: shows what a wrong caller gets\nexport const x: number = 'a';\n",
  }),
];

/** Where a rule of src/ rightly does not apply. Linted with the good twins. */
export const ALLOWED_FILES: Readonly<Record<string, string>> = {
  'src/cli/streams.ts': "console.error('x');\nexport const out = process.stdout;\nprocess.exitCode = 2;\n",
  'src/cli/vendors.ts': ['commander', 'ora', 'cli-table3', 'zod', 'node:process'].map(bareImport).join(''),
  'src/imaging/vendor.ts': bareImport('sharp'),
  'src/adapters/images/builtin/vendor.ts': bareImport('sharp'),
  'src/adapters/stores/second.ts': "export { rows } from './second/rows.ts';\n",
  'src/adapters/fetchers/vendor.ts': bareImport('ipaddr.js'),
  'src/config/environment.ts': "export const home = process.env['HOME'];\n",
  'src/index.ts': ['./config/load-config.ts', './sdk/client.ts', './core/value.ts'].map(bareImport).join(''),
  'vitest.config.ts': 'export default {};\n',
};

/** Makes the cycle of the no-cycle case; only in the bad tree. */
export const BAD_SUPPORT_FILES: Readonly<Record<string, string>> = {
  'src/core/cycle-other.ts': "import { cycle } from './cycle.ts';\nexport const other = () => cycle;\n",
};

export const LINT_CASES: readonly LintCase[] = [...IMPORT_CASES, ...PACKAGE_CASES, ...CODE_CASES];

function forbid(folder: string, specifier: string, allowed: string | undefined): LintCase {
  const fileName = specifier.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-/, '');
  const title = `${folder} must not import ${specifier}`;
  const good = allowed === undefined ? 'export const x = 1;\n' : bareImport(allowed);
  return { title, rule: BOUNDARIES, path: `src/${folder}/bad-${fileName}.ts`, bad: bareImport(specifier), good };
}

function inFile(rule: string, path: string, { bad, good }: { readonly bad: string; readonly good: string }): LintCase {
  return { title: `${rule} in ${path}`, rule: rule.replace(/\/(.*)$/, '($1)'), path, bad, good };
}

function bareImport(specifier: string): string {
  return `import '${specifier}';\n`;
}

function switchOver(cases: string): string {
  return `export function count(letter: 'a' | 'b'): number {\n  switch (letter) {\n    ${cases}\n  }\n}\n`;
}
