import { type ColourWish, colourWish } from '../config/terminal-environment.ts';
import { type ColourLevel, createIo, type Io, modeOf, type OutputStream } from './io.ts';

const DEFAULT_COLUMNS = 80;

/** The process's own streams. A reader that goes away (EPIPE) ends the output quietly, not the process. */
export function processIo(args: readonly string[]): Io {
  const closed = new AbortController();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed.abort();
  });
  process.stderr.on('error', () => undefined);
  const wish = colourWish();
  return createIo({
    stdout: outputStream(process.stdout, wish, closed.signal),
    stderr: outputStream(process.stderr, wish),
    mode: modeOf(args),
    stdoutClosed: closed.signal,
  });
}

function outputStream(stream: NodeJS.WriteStream, wish: ColourWish, closed?: AbortSignal): OutputStream {
  return {
    // Some runners give a terminal of no width: what draws on one (ora, tables) would divide by it and never end.
    isTTY: Boolean(stream.isTTY) && stream.columns > 0,
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
    colourLevel: colourLevel(stream, wish),
    write: (text) => {
      if (!closed?.aborted) stream.write(text);
    },
  };
}

const WISHED: Readonly<Record<Exclude<ColourWish, 'auto'>, ColourLevel>> = {
  never: 0,
  basic: 1,
  '256': 2,
  truecolour: 3,
};

function colourLevel(stream: NodeJS.WriteStream, wish: ColourWish): ColourLevel {
  if (wish !== 'auto') return WISHED[wish];
  if (!stream.isTTY) return 0;
  const depth = stream.getColorDepth();
  if (depth >= 24) return 3;
  if (depth >= 8) return 2;
  return depth >= 4 ? 1 : 0;
}
