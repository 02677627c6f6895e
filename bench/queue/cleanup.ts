/** What a run has opened and must close again, last opened first, whatever happens. */
export interface Cleanup {
  add(release: () => void | Promise<void>): void;
  /** Idempotent; a release that fails does not keep the others from running. */
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const releases: (() => void | Promise<void>)[] = [];
  let running: Promise<void> | undefined;
  const releaseAll = async (): Promise<void> => {
    for (let release = releases.pop(); release; release = releases.pop()) {
      try {
        await release();
      } catch (thrown) {
        process.stderr.write(`cannot clean up: ${String(thrown)}\n`);
      }
    }
  };
  return {
    add: (release) => releases.push(release),
    run: () => (running ??= releaseAll()),
  };
}
