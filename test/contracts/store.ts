import { describe } from 'vitest';
import { testCancelAndRetry } from './store/cancel-retry.ts';
import { testClaim } from './store/claim.ts';
import { testConcepts } from './store/concepts.ts';
import { testCredits } from './store/credits.ts';
import { testEvents } from './store/events.ts';
import type { MakeStore } from './store/harness.ts';
import { testLease } from './store/lease.ts';
import { testOutcome } from './store/outcome.ts';
import { testRead } from './store/read.ts';
import { testSubmit } from './store/submit.ts';
import { testSurvival } from './store/survival.ts';
import { testWorkers } from './store/workers.ts';

export type { MakeStore } from './store/harness.ts';

/** The contract of the `Store` port. `make` gives every test an empty store of its own. */
export function testStore(name: string, make: MakeStore): void {
  describe(`${name} keeps the store contract`, () => {
    testSubmit(make);
    testRead(make);
    testClaim(make);
    testLease(make);
    testOutcome(make);
    testCancelAndRetry(make);
    testEvents(make);
    testConcepts(make);
    testCredits(make);
    testWorkers(make);
    testSurvival(make);
  });
}
