/** Every stage is called like this: `(input, dependencies, { signal }) => output`. It stops soon after the signal aborts. */
export interface StageOptions {
  readonly signal: AbortSignal;
}
