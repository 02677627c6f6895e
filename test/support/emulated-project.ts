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

/** An emulator and a project of the running test's own, for what stops or breaks it. */
export async function openOwnEmulator(): Promise<{
  readonly emulator: PubsubEmulator;
  readonly project: PubsubProject;
}> {
  const emulator = await startPubsubEmulator();
  onTestFinished(() => emulator.stop());
  const project = await openPubsubProject(emulator);
  onTestFinished(() => project.close());
  return { emulator, project };
}
