import { assertResultSize } from '../../../core/result-size.ts';
import { TASK_TYPES, WIRE_NAMES } from '../../../core/task.ts';
import type { ClaimedTask, ClaimRequest, SweepReport, TaskLeases } from '../../../ports/task-leases.ts';
import type { Rpc } from './rpc.ts';
import { taskOf, type TaskJson, wireTypes } from './task-json.ts';

/** Before the paths of images, in the columns that an older API's readers look at. */
export interface ImageBaseUrls {
  readonly concept: string;
  readonly palette: string;
}

interface ClaimsAnswer {
  readonly claims: readonly { readonly task: TaskJson; readonly checkpoints: ClaimedTask['checkpoints'] }[];
}

export function supabaseLeases(rpc: Rpc, imageBaseUrls: ImageBaseUrls): TaskLeases {
  return {
    claim: async (request, options) => {
      const { claims } = await rpc.write<ClaimsAnswer>('claim', claimRequest(request), options);
      return claims.map(({ task, checkpoints }) => claimedOf(task, checkpoints));
    },
    record: async (request, options) => {
      await rpc.write('record', request, options);
    },
    checkpoint: async ({ lease, checkpoint }, options) => {
      await rpc.write('checkpoint', { lease, checkpoint }, options);
    },
    complete: async (request, options) => {
      assertResultSize(JSON.stringify('concept' in request.result ? request.result.concept : request.result));
      await rpc.write('complete', { ...request, imageBaseUrls }, options);
    },
    fail: async (request, options) => taskOf((await rpc.write<{ task: TaskJson }>('fail', request, options)).task),
    release: async (lease, options) =>
      taskOf((await rpc.write<{ task: TaskJson }>('release', { lease }, options)).task),
    sweep: (options) => rpc.write<SweepReport>('sweep', {}, options),
  };
}

function claimRequest({ types, limits = {}, ...request }: ClaimRequest): object {
  const { perType = {}, ...others } = limits;
  const perWireType = TASK_TYPES.flatMap((type) => {
    const limit = perType[type];
    return limit === undefined ? [] : [[WIRE_NAMES[type], limit] as const];
  });
  return {
    ...request,
    types: wireTypes(types),
    limits: { ...others, ...(perWireType.length > 0 && { perType: Object.fromEntries(perWireType) }) },
  };
}

function claimedOf(json: TaskJson, checkpoints: ClaimedTask['checkpoints']): ClaimedTask {
  const task = taskOf(json) as ClaimedTask['task'];
  return { task, lease: { taskId: task.id, token: task.leaseToken, workerId: task.leaseOwner }, checkpoints };
}
