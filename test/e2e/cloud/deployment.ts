import { startStorageDouble, type StorageDouble } from '../../doubles/storage.ts';
import { KEYS, type PostgrestDouble, startPostgrestDouble } from '../../doubles/postgrest.ts';
import { type OwnPostgres, startOwnPostgres, type TestDatabase } from '../../support/postgres.ts';
import { NAMES, openPubsubProject, type PubsubProject } from '../../support/pubsub.ts';
import { type PubsubEmulator, startPubsubEmulator } from '../../support/pubsub-emulator.ts';

/** A whole deployment: the emulator, a real Postgres, and the doubles of the project's API and storage. */
export interface Deployment {
  readonly emulator: PubsubEmulator;
  readonly postgres: OwnPostgres;
  readonly database: TestDatabase;
  readonly api: PostgrestDouble;
  readonly storage: StorageDouble;
  readonly pubsub: PubsubProject;
  /** What a command needs to reach it. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startDeployment(): Promise<Deployment> {
  const [postgres, emulator] = await Promise.all([startOwnPostgres(), startPubsubEmulator()]);
  const database = await postgres.createDatabase();
  const storage = await startStorageDouble({ serviceKey: KEYS.secret });
  for (const bucket of ['concepts', 'palettes']) storage.addBucket(bucket);
  const api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl, storage });
  const pubsub = await openPubsubProject(emulator);
  return {
    emulator,
    postgres,
    database,
    api,
    storage,
    pubsub,
    settings: {
      CONCEPT_SUPABASE_URL: api.url,
      CONCEPT_SUPABASE_SERVICE_ROLE: api.keys.secret,
      GCP_PROJECT_ID: pubsub.projectId,
      PUBSUB_EMULATOR_HOST: emulator.host,
      CONCEPT_PUB_SUB_TOPIC_ID: NAMES.topic,
      CONCEPT_PUB_SUB_SUBSCRIPTION_ID: NAMES.subscription,
      CONCEPT_PUB_SUB_DEAD_LETTER_TOPIC_ID: NAMES.deadLetterTopic,
      CONCEPT_REPUBLISH_SECONDS: '10',
      CONCEPT_LEASE_SECONDS: '3',
      CONCEPT_GRACE_SECONDS: '3',
    },
    close: async () => {
      await pubsub.close().catch(() => undefined);
      await api.close();
      await storage.close();
      await database.drop();
      await Promise.all([postgres.stop(), emulator.stop()]);
    },
  };
}
