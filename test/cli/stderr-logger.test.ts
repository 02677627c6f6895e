import { describe, expect, it } from 'vitest';
import { createIo, type OutputMode } from '../../src/cli/io.ts';
import { stderrLogger, type StderrLoggerOptions } from '../../src/cli/stderr-logger.ts';

function logger(mode: Partial<OutputMode>, options: Partial<StderrLoggerOptions> = {}) {
  let text = '';
  const stream = { isTTY: false, colourLevel: 0, columns: 80, write: (part: string) => void (text += part) } as const;
  const io = createIo({
    stdout: stream,
    stderr: stream,
    mode: { json: false, quiet: false, verbose: false, ...mode },
    stdoutClosed: new AbortController().signal,
  });
  const { log } = stderrLogger(io, { level: 'warn', ...options });
  return { log, text: () => text };
}

describe('the log on stderr', () => {
  it('keeps the message whatever the fields are called', () => {
    const { log, text } = logger({ json: true });
    log('error', 'it failed', { message: 'disk on fire', level: 'odd', taskId: 'x' });
    expect(JSON.parse(text())).toEqual({ level: 'error', message: 'it failed', error: 'disk on fire', taskId: 'x' });
  });

  it('is one harmless line as text', () => {
    const { log, text } = logger({});
    log('error', 'a\nb', { message: 'c\u009bd' });
    expect(text()).toBe('error: a b error="c d"\n');
  });

  it('with --json has nothing below error, except with --verbose and for workers', () => {
    const lines = (mode: Partial<OutputMode>, logsWithJson: boolean) => {
      const { log, text } = logger({ json: true, ...mode }, { logsWithJson });
      log('debug', 'debug');
      log('warn', 'warn');
      log('error', 'error');
      return (text().match(/"message":"\w+"/g) ?? []).map((part) => part.slice(11, -1));
    };
    expect(lines({}, false)).toEqual(['error']);
    expect(lines({}, true)).toEqual(['warn', 'error']);
    expect(lines({ quiet: true }, true)).toEqual(['error']);
    expect(lines({ verbose: true }, false)).toEqual(['debug', 'warn', 'error']);
  });

  it('repeats an identical warning at most once a minute', () => {
    let time = 0;
    const { log, text } = logger({}, { now: () => time });
    for (time = 0; time < 120_000; time += 1_000) log('warn', 'the store is away', { code: 'STORE_UNAVAILABLE' });
    log('warn', 'another');
    expect(text().trimEnd().split('\n')).toHaveLength(3);
  });

  it('repeats errors as they come', () => {
    const { log, text } = logger({}, { now: () => 0 });
    log('error', 'a');
    log('error', 'a');
    expect(text()).toBe('error: a\nerror: a\n');
  });
});
