// A backend that answers at once: POST /concepts creates a task and answers 202 with its id, GET /concepts/ID tells how it stands.
// Run it with `node examples/backend.mjs`, and `concept work` beside it.
import { createServer } from 'node:http';
import { ConceptError, createConcept } from 'concept';

const concept = createConcept();

/** @type {Record<string, number>} */
const HTTP_STATUS = { INVALID_INPUT: 400, TASK_NOT_FOUND: 404, IDEMPOTENCY_CONFLICT: 409, INSUFFICIENT_CREDITS: 402 };
const MAX_BODY_BYTES = 100_000;

/** @param {import('node:http').IncomingMessage} request */
async function readJson(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new ConceptError('INVALID_INPUT', 'body: too large');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConceptError('INVALID_INPUT', 'body: expected JSON', { cause });
  }
}

/** @param {import('node:http').IncomingMessage} request */
async function answer(request) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'POST' && pathname === '/concepts') {
    const { logo, theme, palettes } = await readJson(request);
    const task = await concept.tasks.submit({
      type: 'generation',
      logoDescription: logo,
      themeDescription: theme,
      numPalettes: palettes,
    });
    return {
      status: 202,
      headers: { location: `/concepts/${task.id}` },
      body: { taskId: task.id, status: task.status },
    };
  }
  const id = /^\/concepts\/([^/]+)$/.exec(pathname)?.[1];
  if (request.method === 'GET' && id) {
    const task = await concept.tasks.get(id);
    const result = task.status === 'completed' ? await concept.concepts.get(task.resultId) : null;
    return { status: 200, headers: {}, body: { taskId: id, status: task.status, concept: result } };
  }
  return { status: 404, headers: {}, body: { error: { code: 'NO_SUCH_ROUTE', message: 'try POST /concepts' } } };
}

/** @param {unknown} thrown */
function refusal(thrown) {
  if (!ConceptError.isInstance(thrown)) throw thrown;
  const { code, message, hint } = thrown;
  return { status: HTTP_STATUS[code] ?? 500, headers: {}, body: { error: { code, message, hint } } };
}

const server = createServer(async (request, response) => {
  const { status, headers, body } = await answer(request).catch(refusal);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
});

server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(`listening on http://127.0.0.1:${address.port}`);
});

process.once('SIGTERM', () => {
  server.close(() => void concept.close());
  server.closeIdleConnections();
});
