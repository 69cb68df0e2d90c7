import type {
  GpuSample,
  IterationSample,
  RequestRecord,
} from '../../../../src/contracts/api/agent-runtime.ts';
import type { SiteRequest } from '../../../../src/contracts/world.ts';
import { sequentialIds } from '../../../../src/support/ids.ts';
import { createLogger } from '../../../../src/support/logging.ts';
import type { RunningSite } from '../../../../src/world/sites/site.ts';
import { createSites, type Sites } from '../../../../src/world/sites/sites.ts';
import { ACME } from './acme.ts';
import { createFakeCloud, type FakeCloud } from './fake-cloud.ts';
import { handClock, type HandClock } from './hand-clock.ts';

export interface SiteBench {
  readonly sites: Sites;
  readonly site: RunningSite;
  readonly cloud: FakeCloud;
  readonly gcp: FakeCloud;
  readonly clock: HandClock;
  /** What an installed program read from the logs so far. */
  readonly log: { requests: RequestRecord[]; iterations: IterationSample[]; gpu: GpuSample[] };
  readonly inventoryChanges: () => number;
  /** Lets world time pass in steps, looking at the cloud at each. */
  run(worldMs: number, stepMs?: number): Promise<void>;
  /** The records of requests that end while world time passes. */
  observe(worldMs: number, stepMs?: number): Promise<RequestRecord[]>;
}

/** A site on a cloud in memory, with time in the test's hands. */
export async function siteBench(request: SiteRequest = ACME): Promise<SiteBench> {
  const cloud = createFakeCloud();
  const gcp = createFakeCloud('gcp');
  const clock = handClock();
  const logger = createLogger('test', 'silent');
  const sites = createSites({
    clouds: { aws: cloud, gcp },
    coldStart: 'standard',
    clock,
    ids: sequentialIds(),
    logger,
  });
  const { siteId } = await sites.create(request);
  const site = sites.get(siteId);
  const log: SiteBench['log'] = { requests: [], iterations: [], gpu: [] };
  let inventoryChanges = 0;
  site.host.attach({
    inventoryChanged: () => {
      inventoryChanges += 1;
    },
    telemetry: ({ requests, iterations, gpu }) => {
      log.requests.push(...requests);
      log.iterations.push(...iterations);
      log.gpu.push(...gpu);
    },
  });
  const run: SiteBench['run'] = async (worldMs, stepMs = 3_000) => {
    for (let passed = 0; passed < worldMs; passed += stepMs) {
      clock.moveWorld(Math.min(stepMs, worldMs - passed));
      await site.poll();
      site.tick();
    }
  };
  const observe: SiteBench['observe'] = async (worldMs, stepMs) => {
    const from = log.requests.length;
    await run(worldMs, stepMs);
    return log.requests.slice(from);
  };
  return { sites, site, cloud, gcp, clock, log, inventoryChanges: () => inventoryChanges, run, observe };
}

/** Share of the records that each instance answered. */
export function shares(records: readonly RequestRecord[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { instance_id: id } of records) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([id, count]) => [id, count / records.length]));
}

export function errorReasons(records: readonly RequestRecord[]): string[] {
  return [...new Set(records.flatMap(({ error_reason: reason }) => reason ?? []))].sort();
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('no values');
  return middle;
}
