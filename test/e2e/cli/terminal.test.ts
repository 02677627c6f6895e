import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { BIN, sandbox } from './support.ts';

/** `script` (util-linux) runs a command on a pseudo-terminal; without one of its own it gives it no size. */
it.runIf(process.platform === 'linux')('ends on a terminal that has no width (`script`, on Linux)', async () => {
  const { home, folder } = await sandbox();
  const command = `'${process.execPath}' '${BIN}' submit --logo 'a fox' --theme night --palettes 1 --wait`;
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, CONCEPT_HOME: home, XDG_CONFIG_HOME: folder },
  });
  expect(stdout).toContain('drawing the image');
  expect(stdout).toMatch(/palette: /);
});
