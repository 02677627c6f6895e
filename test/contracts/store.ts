import { describe } from 'vitest';
import { testAhead } from './store/ahead.ts';
import { testBatches } from './store/batches.ts';
import { testBulk } from './store/bulk.ts';
import { testCancelAndRetry } from './store/cancel-retry.ts';
import { testClaim } from './store/claim.ts';
import { testClockSteps } from './store/clock-steps.ts';
import { testConcepts } from './store/concepts.ts';
import { testCredits } from './store/credits.ts';
import { testEvents } from './store/events.ts';
import { testFairness } from './store/fairness.ts';
import type { MakeStore } from './store/harness.ts';
import { testLease } from './store/lease.ts';
import { testLimits } from './store/limits.ts';
import { testOutcome } from './store/outcome.ts';
import { testOutbox } from './store/outbox.ts';
import { testRead } from './store/read.ts';
import { testRemoval } from './store/removal.ts';
import { testResults } from './store/results.ts';
import { testRetention } from './store/retention.ts';
import { testSubmit } from './store/submit.ts';
import { testSubmitMany } from './store/submit-many.ts';
import { testSurvival } from './store/survival.ts';
import { testWorkers } from './store/workers.ts';

export type { MakeStore } from './store/harness.ts';

/** The contract of the `Store` port. `make` gives every test an empty store of its own. */
export function testStore(name: string, make: MakeStore): void {
  describe(`${name} keeps the store contract`, () => {
    testSubmit(make);
    testSubmitMany(make);
    testRead(make);
    testClaim(make);
    testFairness(make);
    testLimits(make);
    testAhead(make);
    testLease(make);
    testClockSteps(make);
    testOutcome(make);
    testCancelAndRetry(make);
    testOutbox(make);
    testBulk(make);
    testBatches(make);
    testEvents(make);
    testConcepts(make);
    testResults(make);
    testCredits(make);
    testWorkers(make);
    testRetention(make);
    testRemoval(make);
    testSurvival(make);
  });
}
