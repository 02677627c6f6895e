import type { FinishedTask } from '../ports/retention.ts';

/** Which finished tasks may go; a rule that is left out removes nothing. A task goes when any rule says so. */
export interface GcRules {
  /** Those that ended longer ago than this, in milliseconds. */
  readonly olderThanMs?: number | undefined;
  /** Those beyond the newest so many. */
  readonly keep?: number | undefined;
  /** The oldest, until the images of those that stay have at most so many bytes. */
  readonly maxBytes?: number | undefined;
}

export interface GcMoment {
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** Size of the images of all tasks that are kept whatever the rules say: it counts before all others. */
  readonly heldBytes: number;
}

/** Kept whatever the rules say. */
export function isHeld({ pinned, inUse }: FinishedTask): boolean {
  return pinned || inUse;
}

/**
 * Tells of each finished task, newest first, whether it is to go. Held tasks stay, and take their place among the newest and
 * among the bytes.
 */
export function gcPolicy(rules: GcRules, { nowMs, heldBytes }: GcMoment): (task: FinishedTask) => boolean {
  const { olderThanMs = Number.POSITIVE_INFINITY, keep = Number.POSITIVE_INFINITY } = rules;
  const { maxBytes = Number.POSITIVE_INFINITY } = rules;
  let kept = 0;
  let bytes = heldBytes;
  let isFull = false;
  return (task) => {
    if (isHeld(task)) {
      kept += 1;
      return false;
    }
    // Once one does not fit, no older one stays either: small tasks must not outlive newer, larger ones.
    isFull ||= bytes + task.bytes > maxBytes;
    if (isFull || kept >= keep || nowMs - Date.parse(task.completedAt) > olderThanMs) return true;
    kept += 1;
    bytes += task.bytes;
    return false;
  };
}
