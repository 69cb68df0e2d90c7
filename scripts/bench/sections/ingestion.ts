import type { EnvironmentDescriptor } from '../../../src/contracts/environment.ts';
import { environmentFor, type BenchContext } from '../context.ts';
import { createBatches, createBenchCustomer } from '../bench-customer.ts';
import { number, range } from '../format.ts';
import { usageOf } from '../process-usage.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf, type Spread } from '../statistics.ts';

/** What an agent-runtime ships when it keeps up, and when it has fallen behind. */
const BATCH_SIZES = [1_000, 8_000];
const STORES = ['orchestrator', 'clickhouse', 'postgres', 'redis'] as const;

interface Measured {
  readonly records: number;
  readonly batchMs: Spread;
  readonly recordsPerSecond: number;
  readonly batchesPerSecond: number;
  readonly cpuMsPerThousandRecords: Readonly<Record<string, number>>;
}

/** Telemetry through the front door, one batch at a time as a runtime sends it. */
export async function benchIngestion(context: BenchContext): Promise<SectionReport> {
  const { descriptor } = await environmentFor(context);
  const measured: Measured[] = [];
  for (const size of BATCH_SIZES) {
    measured.push(await measureBatches(context, descriptor, size));
    context.say(`ingestion: batches of ${String(size)} done`);
  }
  const row = ({ records, batchMs, ...rest }: Measured): string[] => [
    String(records),
    ...range(batchMs),
    number(rest.batchesPerSecond),
    number(rest.recordsPerSecond),
    ...STORES.map((store) => number(rest.cpuMsPerThousandRecords[store] ?? Number.NaN)),
  ];
  return {
    name: 'ingestion',
    tables: [
      {
        title: 'Telemetry, one runtime, one batch at a time',
        columns: [
          'records a batch',
          'batch median, ms',
          'min',
          'max',
          'batches/s',
          'records/s',
          ...STORES.map((store) => `CPU ms a 1,000 records, ${store}`),
        ],
        rows: measured.map(row),
      },
    ],
    notes: [
      'The reference customer makes 2,700 records a wall second at time scale 60. A record is one finished request; each batch also carries an iteration for ten of them and four GPU samples. Merges that ClickHouse does after the last answer are not in its CPU.',
    ],
    figures: { measured },
  };
}

async function measureBatches(
  { clock, quick }: BenchContext,
  { urls, directory }: EnvironmentDescriptor,
  records: number,
): Promise<Measured> {
  await using customer = await createBenchCustomer(urls, clock);
  const nextBatch = createBatches(customer.fleet, clock.worldMs(), records);
  // The first batches pay for what is compiled and opened once.
  for (let warm = 0; warm < 3; warm += 1) await customer.ship(nextBatch());
  const batches = Array.from({ length: quick ? 5 : records > 1_000 ? 20 : 60 }, nextBatch);
  const before = cpuByProcess(directory);
  const startedMs = clock.monotonicMs();
  const durationsMs: number[] = [];
  for (const batch of batches) {
    const sentMs = clock.monotonicMs();
    const { accepted } = await customer.ship(batch);
    if (accepted !== records) throw new Error(`of ${String(records)} records ${String(accepted)} were taken`);
    durationsMs.push(clock.monotonicMs() - sentMs);
  }
  const seconds = (clock.monotonicMs() - startedMs) / 1_000;
  const after = cpuByProcess(directory);
  const thousands = (batches.length * records) / 1_000;
  return {
    records,
    batchMs: spreadOf(durationsMs),
    batchesPerSecond: batches.length / seconds,
    recordsPerSecond: (batches.length * records) / seconds,
    cpuMsPerThousandRecords: Object.fromEntries(
      STORES.map((store) => [store, (((after[store] ?? 0) - (before[store] ?? 0)) * 1_000) / thousands]),
    ),
  };
}

function cpuByProcess(directory: string): Record<string, number> {
  return Object.fromEntries(usageOf(directory).map(({ name, cpuSeconds }) => [name, cpuSeconds]));
}
