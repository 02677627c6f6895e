import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openOwnEmulator } from '../../../support/emulated-project.ts';
import { messages } from '../../../support/pubsub-deliveries.ts';
import { skipsEmulator } from '../../../support/pubsub-emulator.ts';
import { buildChild, type Child, type ChildProgram } from '../../stores/sqlite/child-process.ts';

let program: ChildProgram | undefined;
beforeAll(async () => {
  program = await buildChild('pubsub', new URL('child.ts', import.meta.url));
});
afterAll(() => program?.remove());

function start(role: string, host: string, ...rest: readonly string[]): Child {
  const child = program!.start(role, host, ...rest);
  onTestFinished(() => void child.process.kill('SIGKILL'));
  return child;
}

describe('a process without Google Cloud credentials', () => {
  it.each([
    ['publish', 'none'],
    ['receive', 'none'],
    ['publish', '/nonexistent/key.json'],
  ])('is told so: it neither hangs nor crashes (%s, key file %s)', async (role, keyFile) => {
    const startedAt = performance.now();
    const child = start(role, 'none', 'my-project-123', keyFile);
    expect(await child.exited).toEqual({ code: 0, stderr: '' });
    expect(child.lines).toEqual([
      {
        code: 'NOT_ALLOWED',
        message: 'there are no Google Cloud credentials for Pub/Sub',
        hint: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
      },
    ]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

describe.skipIf(skipsEmulator())('a process with an emulator', () => {
  it('ends by itself and prints no warning', async () => {
    const { emulator, project } = await openOwnEmulator();
    for (const role of ['publish', 'receive']) {
      const child = start(role, emulator.host, project.projectId);
      expect(await child.exited).toEqual({ code: 0, stderr: '' });
      expect(child.lines).toEqual([{ done: true }]);
    }
  });

  it('ends while the server answers nothing', async () => {
    const { emulator, project } = await openOwnEmulator();
    await project.queue().publish(messages(1));
    const child = start('receive-and-wait', emulator.host, project.projectId);
    await child.printed(1);
    emulator.signal('SIGSTOP');
    const stoppedAt = performance.now();
    child.process.kill('SIGUSR2');
    expect(await child.exited).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - stoppedAt).toBeLessThan(12_000);
  });
});
