import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { once, text } from '../options/option-values.ts';

const EXAMPLES = `
Examples:
  concept init pubsub --dry-run
  concept init pubsub --service-agent service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com

It reads GCP_PROJECT_ID, CONCEPT_PUB_SUB_TOPIC_ID, CONCEPT_PUB_SUB_SUBSCRIPTION_ID and
CONCEPT_PUB_SUB_DEAD_LETTER_TOPIC_ID; what has no name is named after the topic.`;

interface InitOptions {
  readonly dryRun?: boolean;
  readonly ordering?: boolean;
  readonly serviceAgent?: string;
}

export function build(program: Command, context: CliContext, run = runInitPubsub): void {
  program
    .command('init')
    .helpGroup('Maintenance:')
    .summary('create what a backend needs')
    .description('Creates what a backend needs.')
    .command('pubsub')
    .summary('create the topics and subscriptions, or mend their settings')
    .description(
      'Creates the topic, its subscription and their dead letters, or mends their settings. It can be repeated.',
    )
    .option('--dry-run', 'change nothing and tell what would be done')
    .option('--ordering', 'deliver messages of an ordering key in order; for a new subscription only')
    .option(
      '--service-agent <email>',
      'account of the Pub/Sub service in the project: it is let forward dead letters',
      once('--service-agent', text),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: InitOptions) => context.finish(await run(options, context)));
}

async function runInitPubsub(
  { dryRun = false, ordering = false, serviceAgent }: InitOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const { setUpPubsub } = await import('../../config/pubsub-setup.ts');
  const steps = await setUpPubsub(await context.loadConfig(), { dryRun, ordering, serviceAgent });
  if (io.mode.json) io.json({ steps, dryRun });
  else for (const { action, kind, name, detail } of steps) io.data([action, kind, name, detail].join('\t').trimEnd());
  if (dryRun) io.talk('nothing was changed: this was a dry run');
  // A grant that is missing costs dead letters; a subscription that does not fit costs the tasks.
  return steps.some(({ kind, action }) => kind === 'subscription' && action === 'cannot')
    ? EXIT.badInput
    : EXIT.success;
}
