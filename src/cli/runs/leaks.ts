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
import {
  isPersonsSchedule,
  othersWork,
  runOfEmail,
  type OthersWork,
  type RunningWorkflow,
} from './others-work.ts';
import type { TemporalConnection } from './temporal.ts';

/** Everything of a suite's own that runs in an environment, by the word of whoever runs it. Each entry is `what: id`. */
export type Standing = ReadonlySet<string>;

/** Looks before and after runs; what stands after and did not before was left behind. */
export interface LeakCheck extends AsyncDisposable {
  /** Called now and again while runs go on: learns the cloud accounts that will have to be empty. */
  learnAccounts(): Promise<void>;
  standing(): Promise<Standing>;
}

/** What a customer has, with an e-mail address of that customer. */
interface Owned extends Record<string, unknown> {
  readonly id: string;
  readonly email: string | null;
}
const UNFINISHED = `SELECT id, (SELECT min(email) FROM users WHERE users.customer_id = optimizations.customer_id) AS email
  FROM optimizations WHERE status <> ALL($1::text[])`;
const LEASED = `SELECT deployment, optimization_id AS id,
    (SELECT min(email) FROM users WHERE users.customer_id = deployment_leases.customer_id) AS email
  FROM deployment_leases WHERE optimization_id IS NOT NULL`;

export function createLeakCheck(
  environment: { descriptor: EnvironmentDescriptor; secrets: EnvironmentSecrets },
  temporal: TemporalConnection,
): LeakCheck {
  const harness = createHarness(environment.descriptor, environment.secrets, createLogger('leaks', 'warn'));
  const world = createWorldClient(environment.descriptor.urls.world);
  const database = openDatabase(harness);
  const accounts = new Map<string, SiteAccount>();
  const learnAccounts = async (others: OthersWork): Promise<void> => {
    for (const { site, runId } of await world.sites()) {
      if (others.isOthersRun(runId)) continue;
      for (const account of site.accounts)
        accounts.set(`${account.provider} ${account.accountId} ${account.region}`, account);
    }
  };
  return {
    learnAccounts: async () => learnAccounts(othersWork(await runningIn(temporal, NAMESPACES.harness))),
    standing: async () => {
      const scenarios = await runningIn(temporal, NAMESPACES.harness);
      const others = othersWork(scenarios);
      await learnAccounts(others);
      const sites = (await world.sites()).filter(({ runId }) => !others.isOthersRun(runId));
      const unfinished = await database.rows<Owned>(UNFINISHED, [TERMINAL_OPTIMIZATION_STATUSES]);
      const leases = await database.rows<Owned & { deployment: string }>(LEASED, []);
      const own = ({ email }: Owned): boolean => email === null || !others.isOthersRun(runOfEmail(email));
      const foreign = unfinished.filter((each) => !own(each)).map(({ id }) => id);
      const rollouts = await runningIn(temporal, NAMESPACES.platform);
      return new Set([
        ...sites.map(({ site, runId }) => `site: ${site.siteId} of run ${runId}`),
        ...(await machines(harness, [...accounts.values()])),
        ...unfinished.filter(own).map(({ id }) => `optimization under way: ${id}`),
        ...leases.filter(own).map(({ deployment, id }) => `lease: ${deployment} by ${id}`),
        ...scenarios
          .filter((each) => !others.isOthersWorkflow(each))
          .map(({ workflowId }) => `workflow in ${NAMESPACES.harness}: ${workflowId}`),
        ...rollouts
          .filter(({ workflowId }) => !foreign.some((id) => workflowId.includes(id)))
          .map(({ workflowId }) => `workflow in ${NAMESPACES.platform}: ${workflowId}`),
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

async function runningIn(
  { connection }: TemporalConnection,
  namespace: string,
): Promise<readonly RunningWorkflow[]> {
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const { executions } = await connection.workflowService.listWorkflowExecutions({
    namespace,
    query: `ExecutionStatus = 'Running'`,
  });
  return executions.map(({ execution, rootExecution, searchAttributes }) => {
    const workflowId = execution?.workflowId ?? '?';
    const schedule = searchAttributes?.indexedFields?.['TemporalScheduledById'];
    return {
      workflowId,
      rootId: rootExecution?.workflowId ?? workflowId,
      scheduledBy: schedule === undefined ? null : defaultPayloadConverter.fromPayload<string>(schedule),
    };
  });
}

async function schedules({ connection }: TemporalConnection): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of Object.values(NAMESPACES)) {
    const list = await connection.workflowService.listSchedules({ namespace, maximumPageSize: 100 });
    found.push(
      ...list.schedules
        .filter(({ memo }) => !isPersonsSchedule(Object.keys(memo?.fields ?? {})))
        .map(({ scheduleId }) => `schedule in ${namespace}: ${scheduleId ?? '?'}`),
    );
  }
  return found;
}

/** What was left behind. */
export function leftBehind(before: Standing, after: Standing): readonly string[] {
  return [...after].filter((each) => !before.has(each)).sort();
}
