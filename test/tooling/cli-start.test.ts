import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measureStarts } from './measure-start.ts';

const CONCEPT = resolve(import.meta.dirname, '../../bin/concept');
const ROUNDS = 21;
const MOST_SERIES = 3;
const NODE_MAJOR = Number(process.versions.node.split('.')[0]);

/** How much longer than a bare `node -e 0` a command may take: a ratio, or milliseconds where the bare start is short. */
const GATES =
  NODE_MAJOR < 22
    ? { help: { ratio: 1.4 }, status: { ratio: 1.7 } }
    : { help: { addedMs: 25 }, status: { addedMs: 35 } };

const measuring = process.env['CI'] === 'true' || process.env['CONCEPT_START_GATE'] === '1';
if (!measuring)
  process.stdout.write('The start gate is skipped: it measures, so it runs in CI or with CONCEPT_START_GATE=1.\n');

describe.skipIf(!measuring)('the command line starts fast', () => {
  const home = mkdtempSync(join(tmpdir(), 'concept-start-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('--help and status stay near the start of node itself', { timeout: 120_000 }, () => {
    const env = { ...process.env, CONCEPT_HOME: home, NODE_OPTIONS: '' };
    const status = [CONCEPT, 'status', '--json'];
    // The uncounted first round also creates the store that `status` then opens.
    const commands = { bare: ['-e', '0'], help: [CONCEPT, '--help'], status };
    const series = () => {
      const times = measureStarts(commands, { rounds: ROUNDS, env });
      process.stdout.write(`medians of ${ROUNDS} on Node ${process.versions.node}, ms: ${JSON.stringify(times)}\n`);
      return times;
    };
    // A busy machine can spoil a whole series; what has become slow is slow in all of them.
    let times = series();
    for (let more = 1; more < MOST_SERIES && !isWithinGates(times); more++) times = series();
    expect(times.help).toBeLessThanOrEqual(limit(times.bare, GATES.help));
    expect(times.status).toBeLessThanOrEqual(limit(times.bare, GATES.status));
  });
});

function isWithinGates(times: Readonly<Record<'bare' | 'help' | 'status', number>>): boolean {
  return times.help <= limit(times.bare, GATES.help) && times.status <= limit(times.bare, GATES.status);
}

function limit(bareMs: number, gate: { readonly ratio?: number; readonly addedMs?: number }): number {
  return gate.ratio === undefined ? bareMs + (gate.addedMs ?? 0) : bareMs * gate.ratio;
}
