import { type Painter, unstyled } from './render/painter.ts';
import { printable } from './render/printable.ts';

/** How many colours a stream shows: 0 none, 1 the sixteen, 2 the 256, 3 all. */
export type ColourLevel = 0 | 1 | 2 | 3;

export interface OutputStream {
  readonly isTTY: boolean;
  readonly colourLevel: ColourLevel;
  /** Width in characters; 80 when unknown. */
  readonly columns: number;
  write(text: string): void;
}

/** What the user asked of the output as a whole. */
export interface OutputMode {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** All input and output of a command: stdout is data, stderr is talk. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly mode: OutputMode;
  /** Aborted when the reader of stdout has gone (`concept list | head -1`). */
  readonly stdoutClosed: AbortSignal;
  /** One line of data. */
  data(line: string): void;
  /** One line of data as JSON. */
  json(value: unknown): void;
  /** A remark on stderr; silent with `--quiet`, and with `--json`, where stderr carries errors alone. */
  talk(line: string, style?: Painter): void;
}

export interface IoParts {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly mode: OutputMode;
  readonly stdoutClosed: AbortSignal;
}

export function createIo({ stdout, stderr, mode, stdoutClosed }: IoParts): Io {
  const talk = (line: string, style: Painter = unstyled): void => {
    if (!mode.quiet && !mode.json) stderr.write(`${style(printable(line))}\n`);
  };
  return {
    stdout,
    stderr,
    mode,
    stdoutClosed,
    data: (line) => stdout.write(`${line}\n`),
    json: (value) => stdout.write(`${JSON.stringify(value)}\n`),
    talk,
  };
}

/** The mode is read before the arguments are parsed, so that an error in them is reported in the right form. */
export function modeOf(args: readonly string[]): OutputMode {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  return {
    json: flags.includes('--json'),
    quiet: flags.includes('--quiet'),
    verbose: flags.includes('--verbose'),
  };
}
