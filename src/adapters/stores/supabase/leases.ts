import { assertResultSize } from '../../../core/result-size.ts';
import { type Lease, TASK_TYPES, WIRE_NAMES } from '../../../core/task.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ClaimedTask, ClaimRequest, SweepReport, TaskLeases } from '../../../ports/task-leases.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { CallOrder } from './call-order.ts';
import type { Routine } from './routines.ts';
import type { Rpc } from './rpc.ts';
import { createUnheardClaims } from './unheard-claims.ts';
import { taskOf, type TaskJson, wireTypes } from './task-json.ts';

/** Before the paths of images, in the columns that an older API's readers look at. */
export interface ImageBaseUrls {
  readonly concept: string;
  readonly palette: string;
}

/** Tasks of dead workers that one call returns or fails. */
const SWEPT_AT_ONCE = 500;

interface LeaseWrite {
  readonly lease: Lease;
  readonly [field: string]: unknown;
}

interface ClaimsAnswer {
  readonly claims: readonly { readonly task: TaskJson; readonly checkpoints: ClaimedTask['checkpoints'] }[];
}

export interface LeaseOptions {
  readonly imageBaseUrls: ImageBaseUrls;
  /** What the times of the calls are by: the database goes by its own. */
  readonly clock: Pick<Clock, 'now'>;
}

export function supabaseLeases(rpc: Rpc, order: CallOrder, { imageBaseUrls, clock }: LeaseOptions): TaskLeases {
  const write = <T>(name: Routine, request: LeaseWrite, options?: CallOptions): Promise<T> =>
    order.next(request.lease, () => rpc.write<T>(name, request, options));
  const unheard = createUnheardClaims();

  return {
    claim: async (request, options) => {
      const { claims } = await unheard.asTheLast(request, (writeId) =>
        rpc.write<ClaimsAnswer>('claim', { ...claimRequest(request), writeId }, options),
      );
      return claims.map(({ task, checkpoints }) => claimedOf(task, checkpoints));
    },
    record: async ({ events, ...request }, options) => {
      const aged = events.map(({ at, ...event }) => ({ ...event, ...(at && { agoMs: clock.now() - Date.parse(at) }) }));
      await write('record', { ...request, events: aged }, options);
    },
    checkpoint: async ({ lease, checkpoint }, options) => {
      await write('checkpoint', { lease, checkpoint }, options);
    },
    complete: async (request, options) => {
      assertResultSize(JSON.stringify('concept' in request.result ? request.result.concept : request.result));
      await write('complete', { ...request, imageBaseUrls }, options);
    },
    fail: async (request, options) => {
      const retryInMs = request.retryAt === null ? null : Date.parse(request.retryAt) - clock.now();
      return taskOf((await write<{ task: TaskJson }>('fail', { ...request, retryInMs }, options)).task);
    },
    release: async (lease, options) => taskOf((await write<{ task: TaskJson }>('release', { lease }, options)).task),
    sweep: (options) => sweepAll(rpc, options),
  };
}

/** So many in each call, which then takes no longer than a project lets calls take. */
async function sweepAll(rpc: Rpc, options: CallOptions | undefined): Promise<SweepReport> {
  const total = { returned: 0, failed: 0 };
  for (;;) {
    const { returned, failed } = await rpc.write<SweepReport>('sweep', { limit: SWEPT_AT_ONCE }, options);
    total.returned += returned;
    total.failed += failed;
    if (returned + failed < SWEPT_AT_ONCE) return total;
  }
}

function claimRequest({ types, limits = {}, message, ...request }: ClaimRequest): object {
  const { perType = {}, ...others } = limits;
  const perWireType = TASK_TYPES.flatMap((type) => {
    const limit = perType[type];
    return limit === undefined ? [] : [[WIRE_NAMES[type], limit] as const];
  });
  return {
    ...request,
    types: wireTypes(types),
    message: message && { ...message, type: WIRE_NAMES[message.type] },
    limits: { ...others, ...(perWireType.length > 0 && { perType: Object.fromEntries(perWireType) }) },
  };
}

function claimedOf(json: TaskJson, checkpoints: ClaimedTask['checkpoints']): ClaimedTask {
  const task = taskOf(json) as ClaimedTask['task'];
  return { task, lease: { taskId: task.id, token: task.leaseToken, workerId: task.leaseOwner }, checkpoints };
}
