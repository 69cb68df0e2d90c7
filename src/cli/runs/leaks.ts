import type { EnvironmentDescriptor, EnvironmentSecrets } from '../../contracts/environment.ts';
import { NAMESPACES } from '../../contracts/environment.ts';
import { TERMINAL_OPTIMIZATION_STATUSES } from '../../contracts/api/recommendations.ts';
import type { SiteAccount } from '../../contracts/world.ts';
import {
  createHarness,
  createWorldClient,
  openAccountInventory,
  openDatabase,
  type Harness,
} from '../../fixtures/index.ts';
import { createLogger } from '../../support/logging.ts';
import type { TemporalConnection } from './temporal.ts';

/** Everything that runs in an environment, by the word of whoever runs it. Each entry is `what: id`. */
export type Standing = ReadonlySet<string>;

/** Looks before and after runs; what stands after and did not before was left behind. */
export interface LeakCheck extends AsyncDisposable {
  /** Called now and again while runs go on: learns the cloud accounts that will have to be empty. */
  learnAccounts(): Promise<void>;
  standing(): Promise<Standing>;
}

export function createLeakCheck(
  environment: { descriptor: EnvironmentDescriptor; secrets: EnvironmentSecrets },
  temporal: TemporalConnection,
): LeakCheck {
  const harness = createHarness(environment.descriptor, environment.secrets, createLogger('leaks', 'warn'));
  const world = createWorldClient(environment.descriptor.urls.world);
  const database = openDatabase(harness);
  const accounts = new Map<string, SiteAccount>();
  const learnAccounts = async (): Promise<void> => {
    for (const { site } of await world.sites()) {
      for (const account of site.accounts)
        accounts.set(`${account.provider} ${account.accountId} ${account.region}`, account);
    }
  };
  return {
    learnAccounts,
    standing: async () => {
      await learnAccounts();
      const sites = (await world.sites()).map(({ site, runId }) => `site: ${site.siteId} of run ${runId}`);
      const optimizations = await database.rows<{ id: string }>(
        'SELECT id FROM optimizations WHERE status <> ALL($1::text[])',
        [TERMINAL_OPTIMIZATION_STATUSES],
      );
      const leases = await database.rows<{ deployment: string; optimization_id: string }>(
        'SELECT deployment, optimization_id FROM deployment_leases WHERE optimization_id IS NOT NULL',
        [],
      );
      return new Set([
        ...sites,
        ...(await machines(harness, [...accounts.values()])),
        ...optimizations.map(({ id }) => `optimization under way: ${id}`),
        ...leases.map((lease) => `lease: ${lease.deployment} by ${lease.optimization_id}`),
        ...(await workflows(temporal)),
        ...(await schedules(temporal)),
      ]);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function machines(harness: Harness, accounts: readonly SiteAccount[]): Promise<string[]> {
  const found: string[] = [];
  for (const account of accounts) {
    const witness = await openAccountInventory(harness, account);
    const alive = (await witness.instances()).filter(
      ({ state }) => state === 'running' || state === 'pending',
    );
    found.push(
      ...alive.map(({ instanceId }) => `${account.provider} instance in ${account.region}: ${instanceId}`),
    );
  }
  return found;
}

async function workflows({ connection }: TemporalConnection): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of Object.values(NAMESPACES)) {
    const { executions } = await connection.workflowService.listWorkflowExecutions({
      namespace,
      query: `ExecutionStatus = 'Running'`,
    });
    found.push(
      ...executions.map(({ execution }) => `workflow in ${namespace}: ${execution?.workflowId ?? '?'}`),
    );
  }
  return found;
}

async function schedules({ connection }: TemporalConnection): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of Object.values(NAMESPACES)) {
    const list = await connection.workflowService.listSchedules({ namespace, maximumPageSize: 100 });
    found.push(...list.schedules.map(({ scheduleId }) => `schedule in ${namespace}: ${scheduleId ?? '?'}`));
  }
  return found;
}

/** What was left behind. */
export function leftBehind(before: Standing, after: Standing): readonly string[] {
  return [...after].filter((each) => !before.has(each)).sort();
}
