import { createDriver } from '../drivers/create-driver.ts';
import { payloadOf, payloads } from '../driver.ts';
import { nowUs, ratePerSecond } from './clock.ts';
import type { Figures, Order } from './order.ts';

/** Tasks per second that one process submits: one after the other, in hundreds, and ten thousand in one call. */
export async function measureEnqueue({ driver, place, amounts }: Order): Promise<Figures> {
  const queue = await (await createDriver(driver, place)).open();
  const timed = async (count: number, work: () => Promise<void>): Promise<number> => {
    const since = nowUs();
    await work();
    return ratePerSecond(count, since);
  };
  const single = await timed(amounts.singles, async () => {
    for (let index = 0; index < amounts.singles; index++) await queue.addOne(payloadOf(index));
  });
  const bulkPayloads = payloads(amounts.bulk);
  const bulk = await timed(amounts.bulk, () => queue.addMany(bulkPayloads));
  const hundred = payloads(100);
  const hundreds = await timed(amounts.hundreds * 100, async () => {
    for (let index = 0; index < amounts.hundreds; index++) await queue.addMany(hundred);
  });
  await queue.close();
  return { single, hundreds, bulk };
}
