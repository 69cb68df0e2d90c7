import { createCustomer, createHarness, createWorldClient } from '../../../src/fixtures/index.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { runExperiment } from '../../../src/world/serving/acceptance/experiment.ts';
import { hardwareFor } from '../../../src/world/serving/hardware.ts';
import { benchFleet, firstFleet } from '../bench-customer.ts';
import { environmentFor, type BenchContext } from '../context.ts';
import { number, range } from '../format.ts';
import { usageOf } from '../process-usage.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf } from '../statistics.ts';

const OBSERVED_MS = 10_000;

/** Simulated requests per CPU second: of the serving model alone, and of the whole world with a connected customer. */
export async function benchWorld(context: BenchContext): Promise<SectionReport> {
  const model = spreadOf(
    Array.from({ length: context.quick ? 2 : 5 }, (_, index) => modelRate(index + 1, context.quick)),
  );
  context.say(`world: the model alone makes ${number(model.median)} requests a CPU second`);
  const site = await measureSite(context);
  return {
    name: 'world',
    tables: [
      {
        title: 'Simulated requests per CPU second',
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          ['serving model alone (four nodes, 45 requests/s)', ...range(model)],
          ['the world process with the reference site', number(site.requestsPerCpuSecond), '', ''],
        ],
      },
    ],
    notes: [
      `The site served ${number(site.requests / site.wallSeconds)} requests a wall second for ${number((site.cpuSeconds / site.wallSeconds) * 100)} % of a core: sampling of iterations and GPUs, shipping of telemetry and watching of the cloud included.`,
    ],
    figures: { modelRequestsPerCpuSecond: model, site },
  };
}

/** Requests per CPU second of one experiment in this process. */
function modelRate(seed: number, quick: boolean): number {
  const fleet = firstFleet(benchFleet());
  const before = process.cpuUsage();
  const finished = runExperiment({
    hardware: hardwareFor(fleet.instanceType, fleet.model),
    configuration: fleet.engineConfiguration,
    nodes: fleet.nodes,
    profile: fleet.traffic,
    seed,
    requests: quick ? 20_000 : 200_000,
    queueTimeoutMs: 30_000,
  });
  const { user, system } = process.cpuUsage(before);
  return finished.length / ((user + system) / 1e6);
}

async function measureSite(context: BenchContext) {
  const { clock, quick } = context;
  const { descriptor, secrets } = await environmentFor(context);
  const world = createWorldClient(descriptor.urls.world);
  const harness = createHarness(descriptor, secrets, createLogger('bench', 'warn'));
  const fleet = benchFleet();
  const { siteId } = await createCustomer(harness, world, {
    fleet,
    preferences: {},
    progress: () => undefined,
  });
  try {
    const observe = async () => ({
      requests: (await world.site(siteId)).requestsServed,
      cpuSeconds: usageOf(descriptor.directory).find(({ name }) => name === 'world')?.cpuSeconds ?? 0,
      wallMs: clock.monotonicMs(),
    });
    const before = await observe();
    await clock.sleepWall(quick ? 2_000 : OBSERVED_MS);
    const after = await observe();
    const requests = after.requests - before.requests;
    const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
    return {
      requests,
      cpuSeconds,
      wallSeconds: (after.wallMs - before.wallMs) / 1_000,
      requestsPerCpuSecond: requests / cpuSeconds,
    };
  } finally {
    await world.removeSite(siteId);
  }
}
