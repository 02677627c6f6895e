import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openPubsubProject, type PubsubProject } from './pubsub.ts';
import { type PubsubEmulator, startPubsubEmulator } from './pubsub-emulator.ts';

export interface Emulated {
  readonly emulator: () => PubsubEmulator;
  /** A fresh project, closed when the test is over. */
  readonly project: () => Promise<PubsubProject>;
}

/** One emulator for the tests of a `describe`; each takes a project of its own. */
export function useEmulator(): Emulated {
  let running: PubsubEmulator | undefined;
  beforeAll(async () => {
    running = await startPubsubEmulator();
  });
  afterAll(() => running?.stop());
  return {
    emulator: () => running!,
    project: async () => {
      const project = await openPubsubProject(running!);
      onTestFinished(() => project.close());
      return project;
    },
  };
}
