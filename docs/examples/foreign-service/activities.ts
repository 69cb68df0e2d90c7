import {
  anchorNow,
  createClock,
  observing,
  OptiInfraError,
  waitForCondition,
  type Observation,
} from 'optiinfra-e2e/activities';

export interface ShopActivities {
  placeOrder(input: { runId: string; item: string }): Promise<Observation<{ orderId: string }>>;
  awaitShipment(input: { orderId: string }): Promise<Observation>;
  compareBooks(input: { orderId: string }): Promise<Observation>;
}

interface Order {
  readonly id: string;
  readonly status: string;
  readonly amountCents: number;
}

/** The shop is a foreign HTTP service; where it is comes from the environment, as for any client of it. */
const shopUrl = process.env['SHOP_URL'] ?? 'http://127.0.0.1:4599';
const SHIPMENT_DEADLINE_MS = 8_000;

export function createActivities(): ShopActivities {
  return {
    // The run's id as the key: an order that is asked for twice, by a worker's second attempt, is one order.
    placeOrder: ({ runId, item }) =>
      observing(async ({ record, note }) => {
        const order = await shop<Order>('/orders', {
          method: 'POST',
          body: JSON.stringify({ key: runId, item }),
        });
        record('order.id', [order.id], { unit: 'text', source: 'POST /orders' });
        record('order.status', order.status, { unit: 'text', source: 'POST /orders' });
        note(`Order ${order.id} of a ${item}`);
        return { orderId: order.id };
      }),

    awaitShipment: ({ orderId }) =>
      observing(async ({ record, progress, signal }) => {
        const clock = createClock(anchorNow(1));
        const startedMs = clock.monotonicMs();
        let status = 'unknown';
        const look = async () => {
          status = (await shop<Order>(`/orders/${orderId}`)).status;
          progress({ status });
          return status === 'shipped'
            ? { done: true as const, value: status }
            : { done: false as const, observed: status };
        };
        const waiting = { clock, deadlineMs: SHIPMENT_DEADLINE_MS, intervalMs: 100, signal };
        await waitForCondition(look, { condition: `shipment of ${orderId}`, ...waiting }).catch(
          (error: unknown) => {
            // An order that is not shipped is the shop's affair and evidence; anything else is infrastructure.
            if (!(error instanceof OptiInfraError) || error.code !== 'WAIT_TIMEOUT') throw error;
          },
        );
        const seconds = (clock.monotonicMs() - startedMs) / 1000;
        record('shipment.status', status, { unit: 'text', source: 'GET /orders/{id}' });
        record('shipment.seconds', seconds, { unit: 's', source: 'GET /orders/{id}' });
        return {};
      }),

    compareBooks: ({ orderId }) =>
      observing(async ({ record }) => {
        const [order, invoices] = await Promise.all([
          shop<Order>(`/orders/${orderId}`),
          shop<readonly { orderId: string; amountCents: number }[]>('/invoices'),
        ]);
        const own = invoices.filter((invoice) => invoice.orderId === orderId);
        record('invoice.there', own.length === 1, {
          unit: 'flag',
          source: 'GET /invoices',
          sampleSize: invoices.length,
        });
        record('order.amount', order.amountCents / 100, { unit: 'USD', source: 'GET /orders/{id}' });
        record('invoice.amount', own[0] === undefined ? null : own[0].amountCents / 100, {
          unit: 'USD',
          source: 'GET /invoices',
        });
        return {};
      }),
  };
}

async function shop<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(new URL(path, shopUrl), {
    ...init,
    headers: { 'content-type': 'application/json' },
  });
  if (!response.ok)
    throw new Error(`the shop answered ${response.status} to ${init.method ?? 'GET'} ${path}`);
  return (await response.json()) as T;
}
