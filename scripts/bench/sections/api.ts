import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { createBenchCustomer } from '../bench-customer.ts';
import { environmentFor, type BenchContext } from '../context.ts';
import { number } from '../format.ts';
import { apply, type Load, type LoadResult } from '../load.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf } from '../statistics.ts';

const CONNECTIONS = 50;
/** An enterprise customer may make 6,000 requests a minute; each round has a customer of its own. */
const AUTHENTICATED_REQUESTS = 4_000;

interface Compared {
  readonly route: string;
  readonly ours: readonly LoadResult[];
  readonly bare: readonly LoadResult[];
}

/** Routes of the orchestrator against fastify answering the same bytes, interleaved. */
export async function benchApi(context: BenchContext): Promise<SectionReport> {
  const { descriptor } = await environmentFor(context);
  const { orchestrator: url } = descriptor.urls;
  const health = await compare(context, 'GET /health', async () => ({
    load: { url: `${url}/health`, ...bounded(context) },
    body: await (await fetch(`${url}/health`)).text(),
  }));
  await using customers = new AsyncDisposableStack();
  const infrastructure = await compare(context, 'GET /customers/{id}/infrastructure', async () => {
    const customer = customers.use(await createBenchCustomer(descriptor.urls, context.clock));
    return {
      load: {
        url: `${url}/customers/${customer.customerId}/infrastructure`,
        headers: { authorization: `Bearer ${customer.accessToken}` },
        ...bounded(context, AUTHENTICATED_REQUESTS),
      },
      body: JSON.stringify(await customer.infrastructure()),
    };
  });
  const compared = [health, infrastructure];
  return {
    name: 'api',
    tables: [
      {
        title: `${String(CONNECTIONS)} connections, medians of ${String(health.ours.length)} rounds`,
        columns: ['route', 'requests/s', 'P50, ms', 'P95, ms', 'P99, ms', 'bare fastify is faster by'],
        rows: compared.flatMap(rowsOf),
      },
    ],
    notes: [
      'The load generator shares the machine with the server. The authenticated route checks the token and its revocation, counts the request in Redis against the allowance, and reads PostgreSQL under row-level security.',
    ],
    figures: { compared },
  };
}

function bounded({ quick }: BenchContext, requests?: number): Omit<Load, 'url'> {
  const limit = requests === undefined ? { seconds: quick ? 1 : 5 } : { requests: quick ? 500 : requests };
  return { connections: CONNECTIONS, ...limit };
}

async function compare(
  context: BenchContext,
  route: string,
  prepare: () => Promise<{ load: Load; body: string }>,
): Promise<Compared> {
  const ours: LoadResult[] = [];
  const bare: LoadResult[] = [];
  for (let round = 0; round < (context.quick ? 1 : 3); round += 1) {
    const { load, body } = await prepare();
    // One short load before each, so that neither is measured while it is still being compiled.
    await apply({ ...load, requests: 500 });
    ours.push(await apply(load));
    bare.push(await againstBareServer(load, body));
  }
  context.say(`api: ${route} done`);
  return { route, ours, bare };
}

async function againstBareServer(load: Load, body: string): Promise<LoadResult> {
  const program = join(import.meta.dirname, '..', 'bare-server.ts');
  const server = spawn(process.execPath, [program, body], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    const [address] = (await once(server.stdout, 'data')) as [Buffer];
    const bare = { ...load, url: address.toString().trim() };
    await apply({ ...bare, requests: 500 });
    return await apply(bare);
  } finally {
    server.stdin.end();
    await ended;
  }
}

function rowsOf({ route, ours, bare }: Compared): string[][] {
  const medianOf = (results: readonly LoadResult[], pick: (result: LoadResult) => number): number =>
    spreadOf(results.map(pick)).median;
  const cells = (results: readonly LoadResult[]): string[] =>
    [
      medianOf(results, ({ requestsPerSecond }) => requestsPerSecond),
      medianOf(results, ({ p50Ms }) => p50Ms),
      medianOf(results, ({ p95Ms }) => p95Ms),
      medianOf(results, ({ p99Ms }) => p99Ms),
    ].map(number);
  const ratio =
    medianOf(bare, ({ requestsPerSecond }) => requestsPerSecond) /
    medianOf(ours, ({ requestsPerSecond }) => requestsPerSecond);
  return [
    [route, ...cells(ours), `${number(ratio)} ×`],
    [`bare fastify, the bytes of ${route}`, ...cells(bare), ''],
  ];
}
