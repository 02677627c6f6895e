import { once } from 'node:events';
import { pubsubQueue } from '../../../../src/adapters/queues/pubsub.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { ConceptError } from '../../../../src/core/errors.ts';
import { messages, nextOf } from '../../../support/pubsub-deliveries.ts';

/**
 * Publishes or receives once, prints how that ended as one JSON document, and leaves its end to the event loop.
 * `host`: of an emulator, or `none`.
 */
const [role, host = 'none', projectId = 'my-project-123', credentials = 'none'] = process.argv.slice(2);

// Nothing of this machine's: neither files nor the metadata server of a cloud.
process.env['HOME'] = '/nonexistent';
process.env['METADATA_SERVER_DETECTION'] = 'none';
delete process.env['CLOUDSDK_CONFIG'];
delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
if (credentials !== 'none') process.env['GOOGLE_APPLICATION_CREDENTIALS'] = credentials;

const connection = { projectId, topic: 'concept-tasks', subscription: 'concept-tasks-sub' };
const emulatorHost = host === 'none' ? undefined : host;
const queue = pubsubQueue({ ...connection, emulatorHost, clock: systemClock, closeMs: 1_500 });

const told = once(process, 'SIGUSR2');
process.stdout.write(`${JSON.stringify(await outcome())}\n`);
if (role === 'receive-and-wait') {
  // A listener for a signal keeps no process alive.
  const alive = setInterval(() => undefined, 1_000);
  await told;
  clearInterval(alive);
}
await queue.close();

async function outcome(): Promise<object> {
  try {
    if (role === 'publish') await queue.publish(messages(1));
    else if (role === 'receive') await nextOf(queue);
    // Its stream stays open, and the message under its lease.
    else await queue.receive({ signal: new AbortController().signal })[Symbol.asyncIterator]().next();
    return { done: true };
  } catch (thrown) {
    if (!ConceptError.isInstance(thrown)) throw thrown;
    return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  }
}
