import { expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';

const context = { io: { stdout: { columns: 80, write: () => undefined } } } as unknown as CliContext;

it('builds one command alone as it builds it among all', () => {
  const all = createProgram(context).commands;
  expect(all.length).toBeGreaterThan(10);
  for (const command of all) {
    const [alone, ...rest] = createProgram(context, command.name()).commands;
    expect(rest).toEqual([]);
    expect(alone!.helpInformation()).toBe(command.helpInformation());
  }
});

it('builds all for what is no command', () => {
  const all = createProgram(context).commands.length;
  for (const name of ['nope', '--json', '', 'toString'])
    expect(createProgram(context, name).commands).toHaveLength(all);
});
