/** Every stage is called like this: `(input, dependencies, { signal }) => output`. It stops soon after the signal aborts. */
export interface StageOptions {
  readonly signal: AbortSignal;
  /** For a stage that takes a while: told which share of its work is done, from 0 to 1, as often as it likes. */
  readonly onProgress?: ((done: number) => void) | undefined;
}
