import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * A double of Supabase Storage: its API over loopback HTTP with the answers and quirks that Storage 1.11 shows, its objects in
 * memory. It does not double resumable uploads, image transformation or the CDN.
 */
export interface StorageDouble {
  /** The project's address; the API is under `/storage/v1`. */
  readonly url: string;
  readonly objects: ReadonlyMap<string, StoredObject>;
  addBucket(id: string, limits?: BucketLimits): void;
  /** What befalls the next requests. */
  failNext(...answers: readonly StorageMishap[]): void;
  /** Requests that were begun and not answered yet, at most at once since the start. */
  readonly mostAtOnce: number;
  readonly requests: readonly string[];
  /** Answers a request that reached another server of the project. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** A status of the gateway or an answer; `drop`: the connection is closed; `hang`: there is never an answer. 0 lets a request pass. */
export type StorageMishap = number | 'drop' | 'hang' | { readonly status: number; readonly body: object };

export interface BucketLimits {
  readonly maxBytes?: number;
  readonly mimeTypes?: readonly string[];
}

export interface StoredObject {
  readonly id: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface StorageDoubleOptions {
  readonly serviceKey: string;
  /** Users by their token: they reach only the folder of their own id. */
  readonly users?: Readonly<Record<string, string>>;
  /** How long each answer takes, default 0 ms. */
  readonly latencyMs?: number;
}

const SIGNING_SECRET = 'of the double';
const KEY_FORM = /^[\w/!.*'()&$@=;:+,? -]+$/;

export async function startStorageDouble({
  serviceKey,
  users = {},
  latencyMs = 0,
}: StorageDoubleOptions): Promise<StorageDouble> {
  const buckets = new Map<string, BucketLimits>();
  const objects = new Map<string, StoredObject>();
  const planned: StorageMishap[] = [];
  const requests: string[] = [];
  let open = 0;
  let mostAtOnce = 0;

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.on('close', () => (open -= 1));
    const path = decodeURIComponent(new URL(request.url!, 'http://double').pathname.replace('/storage/v1', ''));
    requests.push(`${request.method} ${path}`);
    const failure = planned.shift();
    if (failure === 'hang') return;
    if (failure === 'drop') return void request.socket.destroy();
    if (typeof failure === 'object') return sendJson(response, failure.status, failure.body);
    if (failure) return sendText(response, failure, '<html>upstream</html>');
    answer(request, response, path).catch((thrown: unknown) => {
      if (thrown instanceof Refusal) sendJson(response, 400, thrown.body);
      else sendJson(response, 500, { statusCode: '500', error: 'internal', message: String(thrown) });
    });
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (latencyMs > 0) await setTimeout(latencyMs);
    const [, kind, ...rest] = path.split('/');
    const signed = kind === 'object' && rest[0] === 'sign' && request.method === 'GET';
    if (signed) return sendSigned(request, response, rest.slice(1).join('/'));
    const who = identify(request);
    const body = await readBody(request);
    if (kind === 'bucket') return sendJson(response, 200, changeBucket(request.method!, rest[0], body));
    switch (`${request.method} ${rest[0]}`) {
      case 'GET info':
        return sendInfo(response, demandObject(who, rest.slice(1).join('/')), rest.slice(1).join('/'));
      case 'POST list':
        return sendJson(response, 200, list(who, rest[1]!, JSON.parse(String(body))));
      case 'POST sign':
        return sendSignature(response, who, rest.slice(1).join('/'), JSON.parse(String(body)));
      case 'POST move':
      case 'POST copy':
        return transfer(response, who, rest[0] as 'move' | 'copy', JSON.parse(String(body)));
      default:
    }
    if (request.method === 'POST') return upload(request, response, who, rest.join('/'), body);
    if (request.method === 'DELETE') return remove(response, who, rest[0]!, JSON.parse(String(body)));
    if (request.method === 'GET') {
      const object = demandObject(who, rest.join('/'));
      response.writeHead(200, { 'content-type': object.contentType }).end(object.bytes);
      return;
    }
    throw new Refusal('404', 'not_found', `Route ${request.method}:${path} not found`);
  }

  /** Null for the service role, else the user. */
  function identify(request: IncomingMessage): string | null {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (token === serviceKey) return null;
    const user = Object.entries(users).find(([, known]) => known === token)?.[0];
    if (user === undefined) throw new Refusal('403', 'Unauthorized', 'Invalid Compact JWS');
    return user;
  }

  function changeBucket(method: string, id: string | undefined, body: Buffer): object {
    if (method === 'POST') {
      const { name } = JSON.parse(String(body)) as { name: string };
      buckets.set(name, {});
      return { name };
    }
    const known = demandBucket(id ?? '');
    if (method !== 'DELETE') return bucketJson(known);
    buckets.delete(known);
    return { message: 'Successfully deleted' };
  }

  function demandBucket(id: string): string {
    if (buckets.has(id)) return id;
    throw new Refusal('404', 'Bucket not found', 'Bucket not found');
  }

  function bucketJson(id: string): object {
    const { maxBytes = null, mimeTypes = null } = buckets.get(id)!;
    return { id, name: id, public: false, file_size_limit: maxBytes, allowed_mime_types: mimeTypes };
  }

  function demandObject(who: string | null, key: string): StoredObject {
    demandBucket(key.split('/')[0]!);
    const object = mayReach(who, key) ? objects.get(key) : undefined;
    if (object) return object;
    throw new Refusal('404', 'not_found', 'Object not found');
  }

  function upload(
    request: IncomingMessage,
    response: ServerResponse,
    who: string | null,
    key: string,
    bytes: Buffer,
  ): void {
    const { maxBytes = Infinity, mimeTypes } = buckets.get(demandBucket(key.split('/')[0]!))!;
    const contentType = request.headers['content-type'] ?? 'text/plain;charset=UTF-8';
    if (!KEY_FORM.test(key)) throw new Refusal('400', 'InvalidKey', `Invalid key: ${key}`);
    if (bytes.length > maxBytes)
      throw new Refusal('413', 'Payload too large', 'The object exceeded the maximum allowed size');
    if (mimeTypes && !mimeTypes.includes(contentType))
      throw new Refusal('415', 'invalid_mime_type', `mime type ${contentType} is not supported`);
    if (!mayReach(who, key)) throw new Refusal('403', 'Unauthorized', 'new row violates row-level security policy');
    if (objects.has(key) && request.headers['x-upsert'] !== 'true')
      throw new Refusal('409', 'Duplicate', 'The resource already exists');
    const now = new Date().toISOString();
    const { id = randomUUID(), createdAt = now } = objects.get(key) ?? {};
    objects.set(key, { id, bytes, contentType, createdAt, updatedAt: now });
    sendJson(response, 200, { Key: key, Id: id });
  }

  function remove(response: ServerResponse, who: string | null, bucket: string, body: { prefixes: string[] }): void {
    demandBucket(bucket);
    const removed = body.prefixes.flatMap((name) => {
      const key = `${bucket}/${name}`;
      const object = mayReach(who, key) ? objects.get(key) : undefined;
      if (!object) return [];
      objects.delete(key);
      return [entryOf(name, object)];
    });
    sendJson(response, 200, removed);
  }

  function transfer(
    response: ServerResponse,
    who: string | null,
    kind: 'move' | 'copy',
    body: { bucketId: string; sourceKey: string; destinationKey: string },
  ): void {
    const source = `${body.bucketId}/${body.sourceKey}`;
    const target = `${body.bucketId}/${body.destinationKey}`;
    const object = demandObject(who, source);
    if (objects.has(target)) throw new Refusal('409', 'Duplicate', 'The resource already exists');
    const now = new Date().toISOString();
    objects.set(target, { ...object, updatedAt: now, ...(kind === 'copy' && { id: randomUUID(), createdAt: now }) });
    if (kind === 'move') objects.delete(source);
    sendJson(response, 200, kind === 'move' ? { message: 'Successfully moved' } : { Key: target });
  }

  /** One level of a folder; what lies deeper shows as its folder, which has no id. */
  function list(
    who: string | null,
    bucket: string,
    query: { prefix: string; limit: number; offset: number },
  ): object[] {
    demandBucket(bucket);
    const folder = query.prefix === '' ? `${bucket}/` : `${bucket}/${query.prefix}/`;
    const entries = new Map<string, object>();
    for (const [key, object] of objects) {
      if (!key.startsWith(folder) || !mayReach(who, key)) continue;
      const [name, ...deeper] = key.slice(folder.length).split('/');
      const isFolder = deeper.length > 0;
      entries.set(name!, isFolder ? { ...NO_OBJECT, name } : entryOf(name!, object));
    }
    const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
    return sorted.slice(query.offset, query.offset + query.limit);
  }

  function sendSignature(response: ServerResponse, who: string | null, key: string, body: { expiresIn: number }): void {
    demandObject(who, key);
    const payload = Buffer.from(JSON.stringify({ key, exp: Date.now() + body.expiresIn * 1_000 })).toString(
      'base64url',
    );
    sendJson(response, 200, { signedURL: `/object/sign/${key}?token=${payload}.${signatureOf(payload)}` });
  }

  function sendSigned(request: IncomingMessage, response: ServerResponse, key: string): void {
    const token = new URL(request.url!, 'http://double').searchParams.get('token') ?? '';
    const [payload = '', signature = ''] = token.split('.');
    const isGenuine =
      signature.length === signatureOf(payload).length &&
      timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(payload)));
    const claims = isGenuine ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {};
    if (claims.key !== key || claims.exp < Date.now()) throw new Refusal('400', 'InvalidJWT', 'jwt expired');
    const object = demandObject(null, key);
    response.writeHead(200, { 'content-type': object.contentType }).end(object.bytes);
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    handle,
    get mostAtOnce() {
      return mostAtOnce;
    },
    addBucket: (id, limits = {}) => void buckets.set(id, limits),
    failNext: (...answers) => void planned.push(...answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Storage answers almost every error with HTTP 400 and tells the real code as a text. */
class Refusal extends Error {
  readonly body: object;
  constructor(statusCode: string, error: string, message: string) {
    super(message);
    this.body = { statusCode, error, message };
  }
}

function mayReach(who: string | null, key: string): boolean {
  return who === null || key.split('/')[1] === who;
}

function entryOf(name: string, { id, bytes, contentType, createdAt, updatedAt }: StoredObject): object {
  const metadata = { size: bytes.length, contentLength: bytes.length, mimetype: contentType, lastModified: updatedAt };
  return { name, id, created_at: createdAt, updated_at: updatedAt, last_accessed_at: updatedAt, metadata };
}

const NO_OBJECT = { id: null, created_at: null, updated_at: null, last_accessed_at: null, metadata: null };

function sendInfo(
  response: ServerResponse,
  { id, bytes, contentType, createdAt, updatedAt }: StoredObject,
  key: string,
): void {
  const [bucket, ...name] = key.split('/');
  sendJson(response, 200, {
    id,
    name: name.join('/'),
    bucket_id: bucket,
    size: bytes.length,
    content_type: contentType,
    last_modified: updatedAt,
    created_at: createdAt,
  });
}

function signatureOf(payload: string): string {
  return createHmac('sha256', SIGNING_SECRET).update(payload).digest('base64url');
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(text);
}
