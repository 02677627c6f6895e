import type { Clock } from '../ports/clock.ts';
import type { DeliveryDesk } from './delivery-desk.ts';

/** Whether there are deliveries here whose tasks are due and held back, by limits for example. */
export interface HeldBack {
  isAny(): boolean;
  /** The same desk, which tells of what it finds held back. */
  watch(desk: DeliveryDesk): DeliveryDesk;
}

/** Longer than a delivery that is held back is away: as long as there is one, each of its returns renews this. */
const HELD_BACK_MS = 4_000;

export function createHeldBack(clock: Pick<Clock, 'monotonic'>): HeldBack {
  let until = Number.NEGATIVE_INFINITY;
  return {
    isAny: () => clock.monotonic() < until,
    watch: (desk) => ({
      ...desk,
      settle: async (...delivered) => {
        const isHeldBack = await desk.settle(...delivered);
        if (isHeldBack) until = clock.monotonic() + HELD_BACK_MS;
        return isHeldBack;
      },
    }),
  };
}
