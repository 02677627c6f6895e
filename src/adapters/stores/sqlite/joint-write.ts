import { translateError } from './translate-error.ts';

/** How it went for one of several items. */
export type ItemOutcome<T> = { readonly result: T } | { readonly failure: { readonly thrown: unknown } };

/** Works on all items; tells of each how it went, in their order. */
export type TogetherHandler<Item, T> = (items: readonly Item[]) => readonly ItemOutcome<T>[];

/** One item and who waits for it. */
export interface JointPart {
  readonly item: unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** A write that does the work of many at once. */
export interface JointWrite {
  /** @returns whether the part was taken in: only one of the same handler is. */
  join(handler: unknown, part: JointPart): boolean;
  readonly work: () => unknown;
  readonly resolve: (outcomes: readonly ItemOutcome<unknown>[]) => void;
  readonly reject: (reason: unknown) => void;
  /** Has each part done by itself; false for a single one. */
  splitUp(): boolean;
}

export interface JointWriteOptions<Item, T> {
  readonly handler: TogetherHandler<Item, T>;
  readonly first: JointPart;
  readonly file: string;
  /** Has a part done by itself. */
  readonly again: (joint: JointWrite) => void;
}

/** A transaction ends between two writes, never within one. */
const MAX_PARTS = 100;

export function createJointWrite<Item, T>(options: JointWriteOptions<Item, T>): JointWrite {
  const { handler, first, file, again } = options;
  const parts = [first];
  return {
    join: (other, part) => {
      if (other !== handler || parts.length === MAX_PARTS) return false;
      parts.push(part);
      return true;
    },
    work: () => handler(parts.map(({ item }) => item as Item)),
    resolve: (outcomes) => {
      for (let index = 0; index < parts.length; index++) {
        const { resolve, reject } = parts[index]!;
        const outcome = outcomes[index]!;
        if ('failure' in outcome) reject(translateError(outcome.failure.thrown, file));
        else resolve(outcome.result as never);
      }
    },
    reject: (reason) => {
      for (const { reject } of parts) reject(reason);
    },
    splitUp: () => {
      if (parts.length === 1) return false;
      for (const part of parts) again(apart(part, options));
      return true;
    },
  };
}

/** Nothing joins a part that is to be done by itself. */
function apart<Item, T>(part: JointPart, options: JointWriteOptions<Item, T>): JointWrite {
  return { ...createJointWrite({ ...options, first: part }), join: () => false };
}
