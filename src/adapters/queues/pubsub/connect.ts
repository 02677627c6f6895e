import type { ClientConfig, PubSub } from '@google-cloud/pubsub';
import { ConceptError } from '../../../core/errors.ts';

export interface PubsubConnection {
  readonly projectId: string;
  /** `host:port` of an emulator: no credentials are needed then. */
  readonly emulatorHost?: string | undefined;
}

/** A dead connection is noticed within so long; the client itself sends nothing and waits for ever. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 10_000 };
const CREDENTIALS_MS = 5_000;

/**
 * The client, loaded by its first use: it takes a fifth of a second.
 * @throws ConceptError NOT_ALLOWED without credentials: the client itself would leave its caller waiting, or end the process.
 */
export async function connectPubsub({ projectId, emulatorHost }: PubsubConnection): Promise<PubSub> {
  const { PubSub: Client } = await import('@google-cloud/pubsub');
  const options = {
    projectId,
    ...KEEPALIVE,
    ...(emulatorHost !== undefined && { apiEndpoint: emulatorHost, emulatorMode: true, auth: noAuth(projectId) }),
  } as ClientConfig;
  const client = new Client(options);
  if (emulatorHost === undefined) await assertCredentials(client);
  return client;
}

/** An emulator asks for none; the client would still look for some, at the metadata server of a cloud that is not there. */
function noAuth(projectId: string): object {
  return {
    getProjectId: () => Promise.resolve(projectId),
    getUniverseDomain: () => Promise.resolve('googleapis.com'),
  };
}

async function assertCredentials(client: PubSub): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the search for credentials took too long')), CREDENTIALS_MS);
  });
  try {
    await Promise.race([client.auth.getClient(), tooLong]);
  } catch (thrown) {
    throw new ConceptError('NOT_ALLOWED', 'there are no Google Cloud credentials for Pub/Sub', {
      hint: 'run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a key file',
      cause: thrown,
    });
  } finally {
    clearTimeout(timer);
  }
}
