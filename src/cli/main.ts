import { processContext } from './context.ts';
import { processIo } from './process-io.ts';
import { runCli } from './run-cli.ts';

const args = process.argv.slice(2);
const context = processContext(processIo(args), (code) => {
  // Not process.exit(): what is still on its way to a pipe would be lost.
  process.exitCode = code;
});
void runCli(args, context);
