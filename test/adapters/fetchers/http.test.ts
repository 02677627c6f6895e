import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpImageFetcher, type Resolve } from '../../../src/adapters/fetchers/http.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on a free loopback port; returns its origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const resolvesTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const blocked = expect.objectContaining({ code: 'IMAGE_URL_BLOCKED', retryable: false });

describe('a URL that is refused without the network', () => {
  it.each([
    ['loopback', 'https://127.0.0.1/a.png'],
    ['loopback elsewhere in 127/8', 'https://127.9.8.7/a.png'],
    ['loopback in decimal', 'https://2130706433/a.png'],
    ['loopback in hexadecimal', 'https://0x7f000001/a.png'],
    ['loopback in octal', 'https://0177.0.0.1/a.png'],
    ['loopback in short form', 'https://127.1/a.png'],
    ['loopback in full-width digits', 'https://１２７.０.０.１/a.png'],
    ['IPv6 loopback', 'https://[::1]/a.png'],
    ['localhost', 'https://localhost/a.png'],
    ['localhost with a trailing dot', 'https://LOCALHOST./a.png'],
    ['a name under localhost', 'https://a.localhost/a.png'],
    ['a local name', 'https://printer.local/a.png'],
    ['a metadata name', 'https://metadata.google.internal/a.png'],
    ['private 10/8', 'https://10.1.2.3/a.png'],
    ['private 172.16/12', 'https://172.31.0.1/a.png'],
    ['private 192.168/16', 'https://192.168.0.1/a.png'],
    ['link-local, the metadata service', 'https://169.254.169.254/latest/meta-data'],
    ['the metadata service over IPv6', 'https://[fd00:ec2::254]/latest'],
    ['IPv6 link-local', 'https://[fe80::1]/a.png'],
    ['IPv6 with a zone id', 'https://[fe80::1%25eth0]/a.png'],
    ['IPv6 unique local', 'https://[fc00::1]/a.png'],
    ['carrier-grade NAT', 'https://100.64.0.1/a.png'],
    ['unspecified', 'https://0.0.0.0/a.png'],
    ['unspecified IPv6', 'https://[::]/a.png'],
    ['multicast', 'https://224.0.0.1/a.png'],
    ['IPv6 multicast', 'https://[ff02::1]/a.png'],
    ['broadcast', 'https://255.255.255.255/a.png'],
    ['reserved', 'https://240.0.0.1/a.png'],
    ['documentation', 'https://192.0.2.1/a.png'],
    ['IPv4-mapped loopback', 'https://[::ffff:127.0.0.1]/a.png'],
    ['IPv4-mapped metadata', 'https://[::ffff:a9fe:a9fe]/a.png'],
    ['IPv4-compatible loopback', 'https://[::127.0.0.1]/a.png'],
    ['NAT64 of loopback', 'https://[64:ff9b::7f00:1]/a.png'],
    ['NAT64 of a private address', 'https://[64:ff9b::10.0.0.1]/a.png'],
    ['6to4 of a private address', 'https://[2002:c0a8:1::1]/a.png'],
    ['Teredo', 'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/a.png'],
    ['http', 'http://example.com/a.png'],
    ['a file', 'file:///etc/passwd'],
    ['a data URL', 'data:image/png;base64,AAAA'],
    ['another port', 'https://example.com:8443/a.png'],
    ['credentials', 'https://user:secret@example.com/a.png'],
    ['a user name', 'https://user@example.com/a.png'],
    ['no URL at all', 'not a url'],
    ['a very long URL', `https://example.com/${'a'.repeat(3000)}`],
  ])('%s', (_name, url) => {
    expect(() => httpImageFetcher().check(url)).toThrowError(blocked);
  });

  it('keeps loopback shut to everything but loopback when it is allowed', () => {
    const fetcher = httpImageFetcher({ allowHttpLoopback: true });
    expect(() => fetcher.check('http://127.0.0.1:8080/a.png')).not.toThrow();
    expect(() => fetcher.check('http://[::1]:8080/a.png')).not.toThrow();
    expect(() => fetcher.check('http://10.0.0.1/a.png')).toThrowError(blocked);
    expect(() => fetcher.check('http://example.com/a.png')).toThrowError(blocked);
    expect(() => fetcher.check('https://[::ffff:10.0.0.1]/a.png')).toThrowError(blocked);
  });

  it('lets a public https URL pass', () => {
    expect(() => httpImageFetcher().check('https://example.com/a.png?size=2')).not.toThrow();
    expect(() => httpImageFetcher().check('https://8.8.8.8/a.png')).not.toThrow();
    expect(() => httpImageFetcher().check('https://[2606:4700:4700::1111]/a.png')).not.toThrow();
  });
});

describe('a name that resolves to what must not be reached', () => {
  it.each([
    ['loopback', ['127.0.0.1']],
    ['a private address', ['10.0.0.8']],
    ['the metadata service', ['169.254.169.254']],
    ['an IPv4-mapped address', ['::ffff:192.168.1.1']],
    ['a link-local address with a zone id', ['fe80::1%eth0']],
    ['a public and a private address', ['93.184.216.34', '10.0.0.8']],
    ['nothing', []],
  ])('%s', async (_name, addresses) => {
    const fetcher = httpImageFetcher({ resolve: resolvesTo(...addresses) });
    await expect(fetcher.fetch('https://images.example/a.png')).rejects.toEqual(blocked);
  });

  it('asks once per connection, so a second answer cannot be slipped in', async () => {
    const origin = await serve((_request, response) => response.end('seven'));
    let asked = 0;
    const resolve: Resolve = async () => {
      asked++;
      return asked === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '10.0.0.1', family: 4 }];
    };
    const fetcher = httpImageFetcher({ allowHttpLoopback: true, resolve });
    const { bytes } = await fetcher.fetch(origin.replace('127.0.0.1', 'localhost'));
    expect(Buffer.from(bytes).toString()).toBe('seven');
    expect(asked).toBe(1);
  });
});

describe('a fetch from a loopback server', () => {
  const fetcher = httpImageFetcher({ allowHttpLoopback: true, maxBytes: 100_000, timeoutMs: 400 });

  it('returns the bytes, also after redirects', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/image') response.end('pixels');
      else response.writeHead(302, { location: '/image' }).end();
    });
    const { bytes } = await fetcher.fetch(`${origin}/start`);
    expect(Buffer.from(bytes).toString()).toBe('pixels');
  });

  it.each([
    ['the metadata service', 'http://169.254.169.254/latest'],
    ['a private address', 'https://192.168.1.1/'],
    ['an IPv4-mapped address', 'https://[::ffff:10.0.0.1]/'],
    ['a file', 'file:///etc/passwd'],
    ['credentials', 'https://user:secret@example.com/'],
  ])('refuses a redirect to %s', async (_name, location) => {
    const origin = await serve((_request, response) => response.writeHead(302, { location }).end());
    await expect(fetcher.fetch(origin)).rejects.toEqual(blocked);
  });

  it('refuses a redirect to a name that resolves to a private address', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(307, { location: 'https://inside.example/' }).end(),
    );
    const resolving = httpImageFetcher({ allowHttpLoopback: true, resolve: resolvesTo('10.0.0.1') });
    await expect(resolving.fetch(origin)).rejects.toEqual(blocked);
  });

  it('gives up on endless redirects', async () => {
    let requests = 0;
    const origin = await serve((_request, response) => {
      requests++;
      response.writeHead(302, { location: '/again' }).end();
    });
    await expect(fetcher.fetch(origin)).rejects.toEqual(blocked);
    expect(requests).toBe(4);
  });

  it('stops at a declared length over the limit', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10_000_000 });
      response.flushHeaders();
    });
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });

  it('stops an endless body at the limit and closes the connection', async () => {
    let closed: (() => void) | undefined;
    const connectionClosed = new Promise<void>((resolve) => (closed = resolve));
    const origin = await serve((_request, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
        response.once('drain', send);
      };
      response.on('close', () => closed?.());
      send();
    });
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE', retryable: false });
    await connectionClosed;
  });

  it('ends at the time limit when the body drips', async () => {
    const origin = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'IMAGE_FETCH_FAILED', retryable: true });
  });

  it('ends at once when the caller aborts', async () => {
    const controller = new AbortController();
    const origin = await serve(() => controller.abort());
    await expect(fetcher.fetch(origin, { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it.each([
    [404, false],
    [403, false],
    [408, true],
    [500, true],
    [503, true],
  ])('reports status %i, retryable: %s', async (status, retryable) => {
    const origin = await serve((_request, response) => response.writeHead(status).end());
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'IMAGE_FETCH_FAILED', retryable });
  });

  it.each([
    ['seconds', '7', 7000],
    ['a date', 'Thu, 01 Jan 1970 00:00:09 GMT', 9000],
    ['nonsense', 'soon', undefined],
  ])('honours Retry-After in %s', async (_name, header, retryAfterMs) => {
    const origin = await serve((_request, response) => response.writeHead(429, { 'retry-after': header }).end());
    const fetcherAtZero = httpImageFetcher({ allowHttpLoopback: true, now: () => 0 });
    await expect(fetcherAtZero.fetch(origin)).rejects.toMatchObject({ retryable: true, retryAfterMs });
  });

  it('reports a connection that is cut off in the middle as retryable', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('part', () => response.destroy());
    });
    await expect(fetcher.fetch(origin)).rejects.toMatchObject({ code: 'IMAGE_FETCH_FAILED', retryable: true });
  });

  it('never repeats the query string, which may hold a signature', async () => {
    const origin = await serve((_request, response) => response.writeHead(404).end());
    const error: unknown = await fetcher.fetch(`${origin}/a.png?token=s3cret`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'IMAGE_FETCH_FAILED' });
    expect(String(error)).toContain('/a.png');
    expect(String(error)).not.toContain('s3cret');
  });
});
