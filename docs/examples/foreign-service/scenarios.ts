import { defineScenario } from 'optiinfra-e2e/scenario';
import { atMost, flagIs, listHas, textIn, witnessesAgree } from 'optiinfra-e2e/gates';
import type { ShopActivities } from './activities.ts';

/** A customer buys something; the order is paid, shipped, and the books agree. */
export const orderShipped = defineScenario<ShopActivities>()({
  name: 'order-shipped',
  title: 'An order is shipped',
  description: 'An order is placed by the front door, shipped in time, and both ledgers tell of it.',
  tags: ['shop', 'smoke'],
  settings: [{ name: 'item', values: ['book', 'lamp'], otherwise: 'book', about: 'what is bought' }],
  phases: {
    'place-order': {
      title: 'Placing an order',
      budgetSeconds: 10,
      gates: [
        listHas({ gate: 'order-accepted', evidence: 'order.id', minimum: 1, what: 'order id' }),
        textIn({ gate: 'order-new', evidence: 'order.status', allowed: ['new', 'paid'] }),
      ],
    },
    'await-shipment': {
      title: 'Waiting for the shipment',
      budgetSeconds: 20,
      gates: [
        textIn({ gate: 'order-shipped', evidence: 'shipment.status', allowed: ['shipped'] }),
        atMost({ gate: 'shipped-in-time', evidence: 'shipment.seconds', threshold: 5 }),
      ],
    },
    'compare-books': {
      title: 'Comparing the ledgers',
      budgetSeconds: 10,
      gates: [
        flagIs({
          gate: 'invoice-there',
          evidence: 'invoice.there',
          expected: true,
          because: 'one order, one invoice',
        }),
        witnessesAgree({
          gate: 'amounts-agree',
          evidence: 'order.amount',
          witness: 'invoice.amount',
          toleranceShare: 0,
        }),
      ],
    },
  },
  story: async (run) => {
    const order = await run.phase('place-order', (call) =>
      call('mutate').placeOrder({ runId: run.runId, item: run.setting('item') }),
    );
    await run.phase('await-shipment', (call) => call('longWait').awaitShipment(order));
    await run.phase('compare-books', (call) => call('probe').compareBooks(order));
  },
});
