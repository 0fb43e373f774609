import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { orders } from './orders.js';

/** What the service cannot run without. */
const REQUIRED = ['DATABASE_URL', 'API_KEY'];
const READY = 200;

export function checkoutService({ version, apiKey, book }) {
  return createServer(async (request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-version': version });
      response.end(JSON.stringify(body));
    };
    const { pathname } = new URL(request.url, 'http://service');
    if (pathname === '/health/live') return answer(200, { status: 'live' });
    if (pathname === '/health/ready') return answer(READY, { status: READY === 200 ? 'ready' : 'starting' });
    if (request.headers['x-api-key'] !== apiKey) return answer(401, { error: 'unknown API key' });

    if (request.method === 'POST' && pathname === '/api/v1/checkout') {
      const { items = [] } = await json(request);
      return answer(201, book.create(items));
    }
    const [, id, confirm] = /^\/api\/v1\/orders\/([^/]+)(\/confirm)?$/.exec(pathname) ?? [];
    const order = id && (confirm ? request.method === 'POST' && book.confirm(id) : book.find(id));
    return order ? answer(200, order) : answer(404, { error: 'no such order' });
  });
}

async function json(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = REQUIRED.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    console.error(`fatal: ${missing.join(', ')} is not set`);
    process.exit(1);
  }
  const { API_KEY: apiKey, DATABASE_URL, HOST, PORT = '8080', VERSION: version = 'unknown' } = process.env;
  const server = checkoutService({ version, apiKey, book: orders(fileURLToPath(DATABASE_URL)) });
  server.listen(Number(PORT), HOST, () => console.log(`checkout-service ${version} listens on ${PORT}`));
  process.once('SIGTERM', () => server.close(() => process.exit(0)));
}
