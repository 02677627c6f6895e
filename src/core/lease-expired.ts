import type { ProcessingTask, TaskError } from './task.ts';

/** Why a task whose worker fell silent is in line again, or failed. */
export function leaseExpired({ leaseOwner, progress }: ProcessingTask): TaskError {
  const during = progress ? ` during ${progress.stage}` : '';
  return {
    code: 'LEASE_EXPIRED',
    message: `worker ${leaseOwner} stopped renewing its lease${during}`,
    retryable: true,
    ...(progress && { stage: progress.stage }),
  };
}
