import { Command, CommanderError } from 'commander';
import { build as buildCancel } from './commands/cancel.ts';
import { build as buildConfig } from './commands/config.ts';
import { build as buildDb } from './commands/db.ts';
import { build as buildDead } from './commands/dead.ts';
import { build as buildDoctor } from './commands/doctor.ts';
import { build as buildDownload } from './commands/download.ts';
import { build as buildGc } from './commands/gc.ts';
import { build as buildInit } from './commands/init.ts';
import { build as buildList } from './commands/list.ts';
import { build as buildPin } from './commands/pin.ts';
import { build as buildRefine } from './commands/refine.ts';
import { build as buildRetry } from './commands/retry.ts';
import { build as buildShow } from './commands/show.ts';
import { build as buildStatus } from './commands/status.ts';
import { build as buildSubmit } from './commands/submit.ts';
import { build as buildSweep } from './commands/sweep.ts';
import { build as buildUnpin } from './commands/unpin.ts';
import { build as buildWait } from './commands/wait.ts';
import { build as buildWatch } from './commands/watch.ts';
import { build as buildWork } from './commands/work.ts';
import type { CliContext } from './context.ts';
import { packageVersion } from './version.ts';

type Builder = (program: Command, context: CliContext) => void;

/** In the order in which the help lists them. */
const BUILDERS: Readonly<Record<string, Builder>> = {
  submit: buildSubmit,
  refine: buildRefine,
  wait: buildWait,
  watch: buildWatch,
  status: buildStatus,
  list: buildList,
  cancel: buildCancel,
  retry: buildRetry,
  show: buildShow,
  download: buildDownload,
  work: buildWork,
  dead: buildDead,
  gc: buildGc,
  pin: buildPin,
  unpin: buildUnpin,
  sweep: buildSweep,
  doctor: buildDoctor,
  config: buildConfig,
  init: buildInit,
  db: buildDb,
};

const EPILOGUE = `
Start here:
  concept submit --logo "a fox reading a book" --theme "night blues, calm" --wait

Exit codes: 0 success, 1 the task failed, 2 bad usage or input, 3 not found, 4 not allowed, 5 backend
unreachable, 6 partial, 124 timed out while the task goes on, 130 interrupted.`;

/**
 * The whole command line; with the name of a command that one alone, which starts faster. Errors are thrown as CommanderError
 * and written nowhere.
 */
export function createProgram(context: CliContext, name = ''): Command {
  const program = new Command('concept')
    .description('Turns short descriptions into visual concepts: a base image, named palettes, a variation of each.')
    .option('--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .commandsGroup('Help:')
    .helpCommand('help [command]', 'show help')
    .option('--json', 'print JSON: one document, or one line per event')
    .option('--quiet', 'print data and errors only')
    .option('--verbose', 'print more about what happens')
    .addHelpText('after', EPILOGUE)
    .configureHelp({ showGlobalOptions: true, helpWidth: context.io.stdout.columns })
    .configureOutput({
      writeOut: (text) => context.io.stdout.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .exitOverride();
  // Not commander's own version(): it would have the file read at every start.
  program.on('option:version', () => {
    context.io.data(packageVersion());
    throw new CommanderError(0, 'commander.version', '');
  });
  const builders = Object.hasOwn(BUILDERS, name) ? [BUILDERS[name]!] : Object.values(BUILDERS);
  for (const build of builders) build(program, context);
  return program;
}
