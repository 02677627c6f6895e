import type { ConceptError } from '../core/errors.ts';

/** Where an attempt runs. Plain fields, made by their first use: of tasks that take microseconds, thousands run in a second. */
export interface AttemptSlot {
  controller?: AbortController | undefined;
  onDeserted?: (() => void) | undefined;
  /** The worker is leaving: what cannot be recorded soon is left to a sweep. */
  isStopping?: boolean;
}

/** How long an aborted attempt may take to notice; then nobody waits for it any more. */
export const ABORT_PATIENCE_MS = 5_000;

/** Aborts with what {@link abortSlot} is given. */
export function signalOf(slot: AttemptSlot): AbortSignal {
  return (slot.controller ??= new AbortController()).signal;
}

/**
 * Ends the attempt: with ABORTED its task is given back unfinished, with LEASE_LOST it is no longer ours, any other error is the
 * attempt's own. Only the first call counts.
 */
export function abortSlot(slot: AttemptSlot, reason: ConceptError): void {
  if (signalOf(slot).aborted) return;
  slot.controller!.abort(reason);
  setTimeout(() => slot.onDeserted?.(), ABORT_PATIENCE_MS).unref();
}

/** The reason of the abort, when there was one. */
export function isAborted({ controller }: AttemptSlot): boolean {
  return controller?.signal.aborted ?? false;
}
