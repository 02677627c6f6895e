import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALLOWED_FILES, BAD_SUPPORT_FILES, LINT_CASES, SUPPORT_FILES } from './lint-cases.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const CONFIGURATION = ['.oxlintrc.json', 'scripts/lint', 'tsconfig.json', 'package.json'];

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly filename: string;
}

const trees: string[] = [];

afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

/** Lays the files out beside a copy of this repository's lint configuration and lints them as `npm run lint` does. */
function lintTree(files: Readonly<Record<string, string>>): {
  readonly exitCode: number | null;
  readonly findings: Finding[];
} {
  const tree = mkdtempSync(join(tmpdir(), 'concept-lint-'));
  trees.push(tree);
  for (const path of CONFIGURATION) cpSync(join(REPOSITORY, path), join(tree, path), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const oxlint = join(REPOSITORY, 'node_modules/oxlint/bin/oxlint');
  const args = [oxlint, '--type-aware', '--deny-warnings', '--report-unused-disable-directives', '--format=json'];
  const { status, stdout } = spawnSync(process.execPath, [...args, 'src', 'vitest.config.ts'], {
    cwd: tree,
    encoding: 'utf8',
  });
  return { exitCode: status, findings: (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics };
}

const badFiles = Object.fromEntries(LINT_CASES.map(({ path, bad }) => [path, bad]));
const goodFiles = Object.fromEntries(LINT_CASES.map(({ path, good }) => [path, good]));

describe('the lint refuses what the house plan forbids', () => {
  let lint: ReturnType<typeof lintTree>;
  beforeAll(() => {
    lint = lintTree({ ...SUPPORT_FILES, ...BAD_SUPPORT_FILES, 'vitest.config.ts': '', ...badFiles });
  });

  it('fails', () => expect(lint.exitCode).toBe(1));

  it.each(LINT_CASES)('$title', ({ rule, path }) => {
    const found = lint.findings.filter(({ filename, severity }) => filename === path && severity === 'error');
    expect(found.map(({ code }) => code)).toContain(rule);
  });
});

describe('the lint accepts what the house plan allows', () => {
  it('has nothing to say about the good twins', () => {
    const lint = lintTree({ ...SUPPORT_FILES, ...ALLOWED_FILES, ...goodFiles });
    expect(lint.findings).toEqual([]);
    expect(lint.exitCode).toBe(0);
  });
});
