// npm run prove:promises [-- NUMBER...]: breaks each promise on purpose, in a copy of the tree, and expects its test to notice.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { MUTATIONS } from './promise-mutations.mjs';

const REPOSITORY = resolve(import.meta.dirname, '..');
/** Longer than any of the tests takes; a broken promise may well look like waiting in vain. */
const TEST_TIMEOUT_MS = 15_000;

/** A copy of what git knows and of what is not committed yet, so that a mutation never touches the tree itself. */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'concept-promises-'));
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  for (const path of listed.split('\0').filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(REPOSITORY, path), join(copy, path), { force: true });
  }
  symlinkSync(realpathSync(join(REPOSITORY, 'node_modules')), join(copy, 'node_modules'));
  return copy;
}

/** @returns the titles of the tests that failed. Throws when no test ran: that proves nothing. */
function failuresOf(copy, tests) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--testTimeout', `${TEST_TIMEOUT_MS}`, '--reporter', 'json', '--outputFile', report];
  const { stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', ...tests, ...options], {
    cwd: copy,
    encoding: 'utf8',
  });
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    throw new Error(`no test ran: ${stdout}${stderr}`);
  }
  for (const { assertionResults, message, name } of results) {
    if (assertionResults.length === 0) throw new Error(`${name} did not run: ${message}`);
  }
  return results.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
  );
}

/** Puts the mutation in; @returns what takes it out again. */
function mutate(copy, { file, text, replacement }) {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  const occurrences = source.split(text).length - 1;
  if (occurrences !== 1)
    throw new Error(`expected ${JSON.stringify(text)} once in ${file}, found it ${occurrences} times`);
  writeFileSync(
    path,
    source.replace(text, () => replacement),
  );
  return () => writeFileSync(path, source);
}

function prove(copy, mutation) {
  const restore = mutate(copy, mutation);
  try {
    return failuresOf(copy, [mutation.test]);
  } finally {
    restore();
  }
}

const asked = process.argv.slice(2).map(Number);
const mutations = MUTATIONS.filter(({ promise }) => asked.length === 0 || asked.includes(promise));
const copy = copyTree();
let survivors = 0;
try {
  const healthy = failuresOf(copy, [...new Set(mutations.map(({ test }) => test))]);
  if (healthy.length > 0) throw new Error(`these fail without any mutation: ${healthy.join('; ')}`);
  for (const mutation of mutations) {
    const [first] = prove(copy, mutation);
    if (first === undefined) survivors += 1;
    console.log(
      `${`${mutation.promise}`.padStart(2)}  ${first === undefined ? 'SURVIVED' : 'caught  '}  ${mutation.breaks}`,
    );
    if (first !== undefined) console.log(`              by: ${first}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${mutations.length - survivors} of ${mutations.length} mutations caught`);
process.exitCode = survivors === 0 ? 0 : 1;
