import type { PubSub } from '@google-cloud/pubsub';
import type { Problem } from '../../../ports/diagnosis.ts';
import { STATUS, statusOf } from './pubsub-error.ts';

type Iam = ReturnType<PubSub['topic']>['iam'];

/** A look takes no longer. */
export const LOOK = { timeout: 5_000 };

/** Whether this account has the right; undefined where there is no IAM, as on an emulator. */
export async function hasRight(iam: Iam, right: string): Promise<boolean | undefined> {
  try {
    const [rights] = await iam.testPermissions([right], LOOK);
    return rights[right] === true;
  } catch (thrown) {
    if (statusOf(thrown) === STATUS.unimplemented) return undefined;
    throw thrown;
  }
}

/** What a look finds; undefined when this account may not look. */
export async function ifVisible<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (thrown) {
    if (statusOf(thrown) === STATUS.permissionDenied) return undefined;
    throw thrown;
  }
}

/** @param what this account may not do. */
export function lacksRole(what: string, role: string, on: string): Problem {
  const hint = `grant the account of this process ${role} on ${on}`;
  return { code: 'NOT_ALLOWED', message: `this account may not ${what}`, hint };
}
