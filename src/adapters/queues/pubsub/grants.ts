import type { PubSub } from '@google-cloud/pubsub';
import type { PlanStep } from './plan-step.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';

export interface GrantNames {
  readonly subscription: string;
  readonly deadLetterTopic: string;
  /** Account of the Pub/Sub service in this project; undefined when it is not known. */
  readonly serviceAgent?: string | undefined;
}

interface Grant {
  readonly name: string;
  readonly role: string;
  readonly iam: ReturnType<PubSub['topic']>['iam'];
}

const CALL = { timeout: 10_000 };

/** The service's own account forwards dead letters: it must be let publish there, and take them from the subscription. */
export async function initGrants(client: PubSub, names: GrantNames, dryRun: boolean): Promise<readonly PlanStep[]> {
  const { subscription, deadLetterTopic, serviceAgent } = names;
  const grants: readonly Grant[] = [
    { name: deadLetterTopic, role: 'roles/pubsub.publisher', iam: client.topic(deadLetterTopic).iam },
    { name: subscription, role: 'roles/pubsub.subscriber', iam: client.subscription(subscription).iam },
  ];
  const steps: PlanStep[] = [];
  for (const grant of grants) {
    const { name, role } = grant;
    const agent = serviceAgent ?? 'service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com';
    const step = { kind: 'grant', name, detail: `${role} for the Pub/Sub service agent, ${agent}` } as const;
    if (dryRun) steps.push({ ...step, action: 'grant' });
    else if (serviceAgent === undefined) {
      steps.push({ ...step, action: 'cannot', detail: `${step.detail}: name it with --service-agent` });
    } else steps.push({ ...step, ...(await give(grant, `serviceAccount:${serviceAgent}`, step.detail)) });
  }
  return steps;
}

async function give(
  { name, role, iam }: Grant,
  member: string,
  detail: string,
): Promise<Pick<PlanStep, 'action' | 'detail'>> {
  try {
    const [policy] = await iam.getPolicy(CALL);
    const bindings = policy.bindings ?? [];
    if (bindings.some((binding) => binding.role === role && binding.members?.includes(member))) {
      return { action: 'keep', detail };
    }
    await iam.setPolicy({ ...policy, bindings: [...bindings, { role, members: [member] }] }, CALL);
    return { action: 'grant', detail };
  } catch (thrown) {
    if (statusOf(thrown) === STATUS.unimplemented)
      return { action: 'cannot', detail: `${detail}: there is no IAM here` };
    throw pubsubError(thrown, `grant on ${name}`);
  }
}
