import { ConceptError } from '../core/errors.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';

/** A command's chance to stop in good order. */
export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM, and when the reader of stdout has gone. */
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  dispose(): void;
}

/** Listens to SIGINT and SIGTERM; a second one ends the process at once. */
export function processInterruption(io: Io): Interruption {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new ConceptError('ABORTED', 'interrupted'));
  const onSignal = (): void => {
    // A second signal means that the user does not want to wait for good order.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    interrupt();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  io.stdoutClosed.addEventListener('abort', interrupt);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      io.stdoutClosed.removeEventListener('abort', interrupt);
    },
  };
}
