import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The service under test, on its own: `node shop.ts [--port 4599, 0 for any] [--forget-invoices] [--never-ship]`.
 * The two faults are there to see the scenario red.
 */
const words = process.argv.slice(2);
const port = words.includes('--port') ? Number(words[words.indexOf('--port') + 1]) : 4599;
const forgetsInvoices = words.includes('--forget-invoices');
const neverShips = words.includes('--never-ship');
const PRICES_CENTS: Readonly<Record<string, number>> = { book: 1_990, lamp: 4_500 };
const SHIPPING_MS = 400;

const orders = new Map<string, { id: string; status: string; amountCents: number }>();
const invoices: { orderId: string; amountCents: number }[] = [];

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const [, room, id] = (request.url ?? '').split('/');
  if (request.method === 'POST' && room === 'orders') {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => answer(201, place(JSON.parse(text) as { key: string; item: string })));
  } else if (room === 'orders' && id !== undefined && orders.has(id)) answer(200, orders.get(id));
  else if (room === 'invoices') answer(200, invoices);
  else answer(404, { message: 'no such thing' });
});
server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`shop on ${typeof address === 'object' ? address?.port : address}\n`);
});

function place({ key, item }: { key: string; item: string }) {
  const id = `order-${key}`;
  const known = orders.get(id);
  if (known !== undefined) return known;
  const order = { id, status: 'new', amountCents: PRICES_CENTS[item] ?? 0 };
  orders.set(id, order);
  void ship(order);
  return { ...order };
}

async function ship(order: { id: string; status: string; amountCents: number }): Promise<void> {
  if (!forgetsInvoices) invoices.push({ orderId: order.id, amountCents: order.amountCents });
  await delay(SHIPPING_MS);
  if (!neverShips) order.status = 'shipped';
}
