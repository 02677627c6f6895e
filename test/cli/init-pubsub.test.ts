import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useEmulator } from '../support/emulated-project.ts';
import { skipsEmulator } from '../support/pubsub-emulator.ts';
import { testCli } from './support.ts';

const PARTS = [
  ['topic', 'tasks'],
  ['topic', 'tasks-dead'],
  ['subscription', 'tasks-dead-sub'],
  ['subscription', 'tasks-sub'],
  ['grant', 'tasks-dead'],
  ['grant', 'tasks-sub'],
] as const;
const AGENT = 'service-1@gcp-sa-pubsub.iam.gserviceaccount.com';

interface Step {
  readonly kind: string;
  readonly name: string;
  readonly action: string;
  readonly detail: string;
}

describe.skipIf(skipsEmulator())('init pubsub', () => {
  const { emulator, project } = useEmulator();

  const initOf = (projectId = `project-${randomUUID().slice(0, 8)}`) => {
    const environment = {
      XDG_CONFIG_HOME: '/nonexistent',
      GCP_PROJECT_ID: projectId,
      CONCEPT_PUB_SUB_TOPIC_ID: 'tasks',
      PUBSUB_EMULATOR_HOST: emulator().host,
    };
    const cli = testCli({ environment });
    return async (...options: readonly string[]) => {
      const ran = await cli.run('init', 'pubsub', '--json', ...options);
      const { steps, dryRun } = JSON.parse(ran.stdout) as { readonly steps: readonly Step[]; readonly dryRun: boolean };
      return { ...ran, steps, dryRun, actions: steps.map(({ action }) => action) };
    };
  };

  it('tells the whole plan and changes nothing in a dry run', async () => {
    const init = initOf();
    for (const _ of [1, 2]) {
      const { code, dryRun, steps, actions } = await init('--dry-run');
      expect([code, dryRun]).toEqual([0, true]);
      expect(steps.map(({ kind, name }) => [kind, name])).toEqual(PARTS);
      expect(actions).toEqual(['create', 'create', 'create', 'create', 'grant', 'grant']);
      expect(steps[3]!.detail).toBe(
        'of tasks, kept for 7 days, never expires, deadline 60 s, retried after 10 to 600 s, dead letter after 10 attempts',
      );
      expect(steps[4]!.detail).toContain('roles/pubsub.publisher for the Pub/Sub service agent');
    }
  });

  it('creates what is missing, and finds it the next time', async () => {
    const init = initOf();
    const first = await init('--service-agent', AGENT);
    expect(first.code).toBe(0);
    expect(first.actions).toEqual(['create', 'create', 'create', 'create', 'cannot', 'cannot']);
    expect(first.steps[5]!.detail).toBe(
      `roles/pubsub.subscriber for the Pub/Sub service agent, ${AGENT}: there is no IAM here`,
    );
    const second = await init();
    expect(second.actions).toEqual(['keep', 'keep', 'keep', 'keep', 'cannot', 'cannot']);
    expect(second.steps[5]!.detail).toContain('name it with --service-agent');
  });

  it('sets what the service would do otherwise by itself', async () => {
    const { projectId, client } = await project();
    await initOf(projectId)();
    const [settings] = await client.subscription('tasks-sub').getMetadata();
    expect(settings).toMatchObject({
      ackDeadlineSeconds: 60,
      messageRetentionDuration: { seconds: String(7 * 86_400) },
      retryPolicy: { minimumBackoff: { seconds: '10' }, maximumBackoff: { seconds: '600' } },
      deadLetterPolicy: { deadLetterTopic: `projects/${projectId}/topics/tasks-dead`, maxDeliveryAttempts: 10 },
    });
    expect(settings.expirationPolicy?.ttl ?? null).toBeNull();
  });

  it('mends what differs and says how', async () => {
    const { projectId, client } = await project();
    const init = initOf(projectId);
    await init();
    await client.subscription('tasks-sub').setMetadata({
      ackDeadlineSeconds: 20,
      messageRetentionDuration: { seconds: 3_600 },
    });
    for (const options of [['--dry-run'], []]) {
      const { actions, steps } = await init(...options);
      expect(actions.slice(0, 4)).toEqual(['keep', 'keep', 'keep', 'update']);
      expect(steps[3]!.detail).toBe('messageRetentionDuration 3600s -> 604800s, ackDeadlineSeconds 20 -> 60');
    }
    expect((await init()).actions.slice(0, 4)).toEqual(['keep', 'keep', 'keep', 'keep']);
  });

  it('orders by key when asked to, and says that an existing subscription cannot', async () => {
    const { projectId, client } = await project();
    await initOf(projectId)('--ordering');
    const [ordered] = await client.subscription('tasks-sub').getMetadata();
    expect(ordered.enableMessageOrdering).toBe(true);

    const plain = initOf();
    await plain();
    const { code, steps } = await plain('--ordering');
    expect(code).toBe(2);
    expect(steps[3]).toMatchObject({
      action: 'cannot',
      detail: 'enableMessageOrdering false -> true: only a new subscription can have it',
    });
  });

  it('says so when the subscription belongs to another topic or pushes', async () => {
    const { projectId, client } = await project();
    const [other] = await client.createTopic('other');
    const pushConfig = { pushEndpoint: 'https://worker.example/push' };
    await other.createSubscription('tasks-sub', { pushConfig });
    const { code, steps } = await initOf(projectId)();
    expect(code).toBe(2);
    expect(steps.filter(({ name }) => name === 'tasks-sub').map(({ action, detail }) => [action, detail])).toEqual([
      ['cannot', `it belongs to projects/${projectId}/topics/other, not to tasks: delete it first`],
      ['cannot', 'it pushes to https://worker.example/push: workers that pull need another one'],
      ['update', expect.stringContaining('ackDeadlineSeconds')],
      ['cannot', expect.stringContaining('roles/pubsub.subscriber')],
    ]);
  });

  it('prints a line for each step', async () => {
    const environment = {
      XDG_CONFIG_HOME: '/nonexistent',
      GCP_PROJECT_ID: 'my-project-123',
      CONCEPT_PUB_SUB_TOPIC_ID: 'tasks',
      PUBSUB_EMULATOR_HOST: emulator().host,
    };
    const { stdout, stderr } = await testCli({ environment }).run('init', 'pubsub', '--dry-run');
    expect(stdout.split('\n').slice(0, 2)).toEqual(['create\ttopic\ttasks', 'create\ttopic\ttasks-dead']);
    expect(stderr).toContain('nothing was changed');
  });
});

describe('init pubsub without its settings', () => {
  it.each([
    [{ CONCEPT_PUB_SUB_TOPIC_ID: 'tasks' }, 'GCP_PROJECT_ID'],
    [{ GCP_PROJECT_ID: 'my-project-123' }, 'CONCEPT_PUB_SUB_TOPIC_ID'],
  ])('names what is missing beside %j', async (environment, name) => {
    const cli = testCli({ environment: { XDG_CONFIG_HOME: '/nonexistent', ...environment } });
    const { code, stderr } = await cli.run('init', 'pubsub');
    expect(code).toBe(2);
    expect(stderr).toContain(`${name}: not set`);
  });
});
