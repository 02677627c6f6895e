import type { Command } from 'commander';
import { invalidInput } from '../../core/errors.ts';
import { MAX_ATTEMPTS, MAX_PALETTES, MAX_PRIORITY, MAX_SEED, MIN_PALETTES } from '../../core/limits.ts';
import { once, seconds, signed, text, whole } from './option-values.ts';
import { timeToCome } from './time-values.ts';

/** What `submit` and `refine` have in common, as parsed. */
export interface SubmitOptions {
  readonly logo?: string;
  readonly theme?: string;
  readonly palettes?: number;
  readonly seed?: number;
  readonly user?: string;
  readonly idempotencyKey?: string;
  readonly priority?: number;
  readonly runAt?: string;
  readonly maxAttempts?: number;
  readonly minVariations?: number;
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly out?: string;
}

/** Adds the options that every submitting command takes. */
export function addSubmitOptions(command: Command, defaultPalettes: string): Command {
  return command
    .option('--logo <text>', 'what the picture shows', once('--logo', text))
    .option('--theme <text>', 'mood, style and colours', once('--theme', text))
    .option(
      '--palettes <n>',
      `palettes to make, ${MIN_PALETTES} to ${MAX_PALETTES} (default ${defaultPalettes})`,
      once('--palettes', whole(MIN_PALETTES, MAX_PALETTES)),
    )
    .option(
      '--seed <n>',
      'the same seed and input give the same images (default 0)',
      once('--seed', whole(0, MAX_SEED)),
    )
    .option('--user <id>', 'owner of the task', once('--user', text))
    .option(
      '--idempotency-key <key>',
      'the same key gives the same task, not a second one',
      once('--idempotency-key', text),
    )
    .option(
      '--priority <n>',
      `higher runs sooner, -${MAX_PRIORITY} to ${MAX_PRIORITY} (default 0)`,
      once('--priority', signed(-MAX_PRIORITY, MAX_PRIORITY)),
    )
    .option('--run-at <time>', 'not before this time: ISO 8601, or +90s, +10m, +2h', once('--run-at', timeToCome))
    .option('--max-attempts <n>', 'attempts before it fails for good', once('--max-attempts', whole(1, MAX_ATTEMPTS)))
    .option(
      '--min-variations <n>',
      'with fewer variations it fails, rather than completing as partial',
      once('--min-variations', whole(0, MAX_PALETTES)),
    )
    .option('--wait', 'wait for the result')
    .option(
      '--timeout <seconds>',
      'with --wait: give up waiting after so long; the task goes on',
      once('--timeout', seconds),
    )
    .option('--out <dir>', 'with --wait: save the images in this directory', once('--out', text));
}

/** Fields of the submission that every type has; those not given are left out, so that the SDK's defaults hold. */
export function commonFields(options: SubmitOptions) {
  const { logo, theme, palettes, seed, idempotencyKey } = options;
  return {
    ...(logo !== undefined && { logoDescription: logo }),
    ...(palettes !== undefined && { numPalettes: palettes }),
    ...(theme !== undefined && { themeDescription: theme }),
    ...(seed !== undefined && { seed }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...scheduleFields(options),
  };
}

/** Fields that also hold for all rows of a file. */
export function scheduleFields({ user, priority, runAt, maxAttempts, minVariations }: SubmitOptions) {
  return {
    ...(user !== undefined && { userId: user }),
    ...(priority !== undefined && { priority }),
    ...(runAt !== undefined && { runAt }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(minVariations !== undefined && { minVariations }),
  };
}

/** @throws ConceptError INVALID_INPUT when an option of waiting is given without `--wait`. */
export function assertWaitOptions({ wait, timeout, out }: SubmitOptions): void {
  if (wait) return;
  if (timeout !== undefined) throw invalidInput('--timeout', 'needs --wait', 'add --wait');
  if (out !== undefined)
    throw invalidInput('--out', 'needs --wait', 'add --wait, or use: concept download ID --out DIR');
}
