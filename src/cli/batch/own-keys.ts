import { compactHash } from '../../core/compact-hash.ts';

/** Says what is wrong with a row's own key; undefined when nothing is. */
export type CheckKey = (row: OwnKey) => string | undefined;

interface OwnKey {
  readonly key: string | undefined;
  readonly inputHash: string;
  readonly line: number;
}

/** Finds rows that have the key of an earlier one for another input: the store would refuse them, and only after many were sent. */
export function ownKeys(): CheckKey {
  const first = new Map<string, { readonly hash: string; readonly line: number }>();
  return ({ key, inputHash, line }) => {
    if (key === undefined) return undefined;
    const hash = compactHash(inputHash);
    const earlier = first.get(key);
    if (!earlier) first.set(key, { hash, line });
    if (!earlier || earlier.hash === hash) return undefined;
    return `idempotencyKey: ${JSON.stringify(key)} is that of line ${earlier.line} too, which has a different input`;
  };
}
