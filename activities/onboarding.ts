import type { RunSubject } from '../src/contracts/activities.ts';
import type { OnboardingActivities, Prospect } from '../src/contracts/journey-activities.ts';
import type { OnboardRequest } from '../src/contracts/api/customers.ts';
import { ApiError, createClient, signup, waitForCondition } from '../src/client/index.ts';
import { callApi } from '../src/client/http.ts';
import {
  emailOf,
  fleetOf,
  inventoryOf,
  onboardRequestOf,
  siteOnce,
  siteRequestOf,
  subjectOf,
} from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';

const DISCOVERY_DEADLINE_MS = 110_000;
const CONNECTED_DEADLINE_MS = 30_000;
type Input<K extends keyof OnboardingActivities> = Parameters<OnboardingActivities[K]>[0];

export function createOnboardingActivities(dependencies: ActivityDependencies): OnboardingActivities {
  return {
    prepareProspect: (input) => heartbeating(() => prepareProspect(dependencies, input)),
    signUp: (input) => heartbeating(() => signUp(dependencies, input)),
    tryOnboarding: (input) => heartbeating(() => tryOnboarding(dependencies, input)),
    onboard: ({ subject }) => heartbeating(() => onboard(dependencies, subject)),
    readInstallCommand: ({ subject }) => heartbeating(() => readInstallCommand(dependencies, subject)),
    connectRuntime: ({ subject }) => heartbeating(() => connectRuntime(dependencies, subject)),
    awaitDiscovery: ({ subject }) =>
      heartbeating((progress) => awaitDiscovery(dependencies, subject, progress)),
  };
}

async function prepareProspect(
  { world }: ActivityDependencies,
  { runId, scenario, companyName, fleet }: Input<'prepareProspect'>,
): Promise<Prospect> {
  const request = siteRequestOf({ runId, scenario, companyName, fleet: fleetOf(fleet) });
  const site = await siteOnce(world, request);
  const { customerId: _none, ...prospect } = subjectOf(request, site, {
    email: emailOf(request),
    customerId: '',
  });
  return prospect;
}

async function signUp(
  { harness, database }: ActivityDependencies,
  { prospect, companyName, fleet }: Input<'signUp'>,
): ReturnType<OnboardingActivities['signUp']> {
  const { email } = prospect;
  const baseUrl = harness.environment.urls.orchestrator;
  const password = harness.passwordOf(email);
  const request = { email, company_name: companyName, password, plan: 'enterprise' } as const;
  // Repeated after a lost answer, the first signup is the second: its 409 says that there is an account.
  const first = await answerOf(() => signup(baseUrl, request));
  const again = await answerOf(() => signup(baseUrl, request));
  const stranger = createClient({
    baseUrl,
    credentials: { email, password: `${password}.` },
    clock: harness.clock,
  });
  const wrong = await answerOf(() => stranger.accessToken());
  const client = harness.clientOf(email);
  const customerId = await client.customerId();
  await client.setPreferences(customerId, fleetOf(fleet).preferences);
  const log = createEvidenceLog(harness.clock);
  const text = (name: string, value: string, source: string): void =>
    log.record(`account.${name}`, value, { unit: 'text', source });
  text('signup', first, 'POST /auth/signup');
  text('second-signup', again, 'POST /auth/signup, again');
  text('wrong-password', wrong, 'POST /auth/login with another password');
  const rows = await database.rows<{ status: string; role: string; hash: string }>(
    `SELECT c.status, u.role, u.password_hash AS hash FROM customers c JOIN users u ON u.customer_id = c.id
     WHERE c.id = $1`,
    [customerId],
  );
  const [row] = rows;
  log.record('account.in-database', rows.length === 1 && row?.status === 'active' && row.role === 'owner', {
    unit: 'flag',
    source: 'PostgreSQL customers, users',
    sampleSize: rows.length,
  });
  log.record('account.password-hashed', row?.hash.startsWith('$argon2id$') ?? null, {
    unit: 'flag',
    source: 'PostgreSQL users',
  });
  return {
    evidence: log.evidence,
    notes: [`Customer ${customerId} of ${companyName}`],
    output: { ...prospect, customerId },
  };
}

async function tryOnboarding(
  { harness, database }: ActivityDependencies,
  { subject, requests }: Input<'tryOnboarding'>,
): ReturnType<OnboardingActivities['tryOnboarding']> {
  const log = createEvidenceLog(harness.clock);
  const client = harness.clientOf(subject.email);
  const refusals: string[] = [];
  for (const request of requests) {
    refusals.push(await answerOf(() => client.onboard(subject.customerId, request)));
  }
  const stored = await database.rows('SELECT 1 FROM credentials WHERE customer_id = $1', [
    subject.customerId,
  ]);
  log.record('refusals', refusals, { unit: 'text', source: 'POST /customers/{id}/onboard' });
  log.record('refusals.stored', stored.length, { unit: 'count', source: 'PostgreSQL credentials' });
  return { evidence: log.evidence, notes: refusals, output: {} };
}

async function onboard(
  { harness, database }: ActivityDependencies,
  subject: RunSubject,
): ReturnType<OnboardingActivities['onboard']> {
  const log = createEvidenceLog(harness.clock);
  const client = harness.clientOf(subject.email);
  const requests: readonly OnboardRequest[] = subject.accounts.map(onboardRequestOf);
  const statuses: string[] = [];
  for (const request of requests) {
    const { status } = await client.onboard(subject.customerId, request);
    statuses.push(status);
  }
  const rows = await database.rows<{ account_id: string; sealed: string }>(
    'SELECT account_id, sealed FROM credentials WHERE customer_id = $1',
    [subject.customerId],
  );
  const secrets = subject.accounts.flatMap(({ roleArn, serviceAccount }) => [roleArn, serviceAccount]);
  const inClear = rows.some(({ sealed }) =>
    secrets.some((secret) => secret !== null && Buffer.from(sealed, 'base64').includes(secret)),
  );
  log.record('onboarding.statuses', statuses, { unit: 'text', source: 'POST /customers/{id}/onboard' });
  log.record('onboarding.places', rows.length, { unit: 'count', source: 'PostgreSQL credentials' });
  log.record('onboarding.places-expected', requests.length, { unit: 'count', source: 'the world' });
  log.record('onboarding.sealed', rows.length > 0 && !inClear, {
    unit: 'flag',
    source: 'PostgreSQL credentials',
    sampleSize: rows.length,
  });
  const audit = await client.audit(subject.customerId);
  log.record('onboarding.audited', audit.filter(({ action }) => action === 'customer.onboarded').length, {
    unit: 'count',
    source: 'GET /customers/{id}/audit',
    sampleSize: audit.length,
  });
  return {
    evidence: log.evidence,
    notes: requests.map(({ cloud_provider: provider, region }) => `Onboarded ${provider} ${region}`),
    output: {},
  };
}

async function readInstallCommand(
  { harness, database }: ActivityDependencies,
  subject: RunSubject,
): ReturnType<OnboardingActivities['readInstallCommand']> {
  const log = createEvidenceLog(harness.clock);
  const { install_command: command, agent_token: token } = await harness
    .clientOf(subject.email)
    .installCommand(subject.customerId);
  const source = 'GET /customers/{id}/agent-install-command';
  log.record('install.command-complete', command.includes(token) && /--api https?:\/\//.test(command), {
    unit: 'flag',
    source,
  });
  log.record('install.token-characters', token.length, { unit: 'characters', source });
  const rows = await database.rows<{ hash: string }>(
    'SELECT token_hash AS hash FROM agent_tokens WHERE customer_id = $1 AND used_at IS NULL',
    [subject.customerId],
  );
  log.record('install.token-hashed', rows.length > 0 && rows.every(({ hash }) => !hash.includes(token)), {
    unit: 'flag',
    source: 'PostgreSQL agent_tokens',
    sampleSize: rows.length,
  });
  return { evidence: log.evidence, notes: [command.replace(token, '…')], output: {} };
}

async function connectRuntime(
  { harness, world, database }: ActivityDependencies,
  subject: RunSubject,
): ReturnType<OnboardingActivities['connectRuntime']> {
  const log = createEvidenceLog(harness.clock);
  const apiUrl = harness.environment.urls.orchestrator;
  const { agent_token: agentToken } = await harness
    .clientOf(subject.email)
    .installCommand(subject.customerId);
  if ((await world.site(subject.siteId)).agentRuntime !== 'connected')
    await world.startAgentRuntime(subject.siteId, { apiUrl, agentToken });
  const state = await waitForCondition(
    async () => {
      const { agentRuntime } = await world.site(subject.siteId);
      return agentRuntime === 'connected'
        ? ({ done: true, value: agentRuntime } as const)
        : ({ done: false, observed: agentRuntime } as const);
    },
    {
      condition: 'the agent-runtime to connect',
      deadlineMs: CONNECTED_DEADLINE_MS,
      intervalMs: 100,
      clock: harness.clock,
    },
  ).catch((error: unknown) => {
    if (isTimeout(error)) return 'not connected' as const;
    throw error;
  });
  log.record('runtime.state', state, { unit: 'text', source: 'the world' });
  const second = await answerOf(() =>
    callApi(apiUrl, {
      method: 'POST',
      path: '/agent-runtime/connect',
      body: { version: '1.0.0', hostname: 'somebody-else' },
      headers: { authorization: `Bearer ${agentToken}` },
    }),
  );
  log.record('runtime.token-used-twice', second, { unit: 'text', source: 'POST /agent-runtime/connect' });
  const rows = await database.rows(
    'SELECT hostname FROM runtime_tokens WHERE customer_id = $1 AND revoked_at IS NULL',
    [subject.customerId],
  );
  log.record('runtime.connections', rows.length, { unit: 'count', source: 'PostgreSQL runtime_tokens' });
  return { evidence: log.evidence, notes: [`Agent-runtime ${state}`], output: {} };
}

async function awaitDiscovery(
  { harness, world }: ActivityDependencies,
  subject: RunSubject,
  progress: (details: unknown) => void,
): ReturnType<OnboardingActivities['awaitDiscovery']> {
  const { clock } = harness;
  const client = harness.clientOf(subject.email);
  const startedMs = clock.wallMs();
  const nodes = subject.deployments.reduce((sum, deployment) => sum + deployment.nodes, 0);
  await waitForCondition(
    async () => {
      const seen = await client.infrastructure(subject.customerId);
      const ready = seen.instances.filter((instance) => instance.ready).length;
      progress({ status: seen.status, ready });
      return seen.status === 'discovered' && ready >= nodes
        ? ({ done: true, value: seen } as const)
        : ({ done: false, observed: { status: seen.status, ready } } as const);
    },
    { condition: 'discovery', deadlineMs: DISCOVERY_DEADLINE_MS, intervalMs: 100, clock },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  const seconds = (clock.wallMs() - startedMs) / 1000;
  const [found, inventory, site] = await Promise.all([
    client.infrastructure(subject.customerId),
    inventoryOf(harness, subject),
    world.site(subject.siteId),
  ]);
  const running = inventory.filter(({ state }) => state === 'running').map(({ instanceId }) => instanceId);
  const log = createEvidenceLog(clock);
  const about = { unit: 'text', source: 'GET /customers/{id}/infrastructure against the clouds' };
  const ids = found.instances.map(({ instance_id: id }) => id);
  log.record('discovery.seconds', seconds, { unit: 's', source: 'wall clock' });
  log.record('discovery.instances', ids.length, { unit: 'count', source: about.source });
  log.record('discovery.instances-in-cloud', running.length, { unit: 'count', source: 'the clouds' });
  log.record('discovery.exact', [...ids].sort().join() === [...running].sort().join(), {
    ...about,
    unit: 'flag',
    sampleSize: running.length,
  });
  const wanted = subject.deployments.map(({ name }) => name).sort();
  log.record(
    'discovery.deployments',
    found.vllm_deployments
      .map(({ name }) => name)
      .sort()
      .join() === wanted.join() &&
      site.deployments
        .map(({ name }) => name)
        .sort()
        .join() === wanted.join(),
    { unit: 'flag', source: 'GET /customers/{id}/infrastructure and the world', sampleSize: wanted.length },
  );
  return {
    evidence: log.evidence,
    notes: [`${String(ids.length)} instances, ${wanted.join(', ')} found in ${seconds.toFixed(1)} s`],
    output: {},
  };
}

/** `200`, or `400 VALIDATION_FAILED body.iam_role_arn`. */
async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return '200';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const fields = error.problem?.errors?.map(({ field }) => field) ?? [];
    return [String(error.status), error.code, ...fields].join(' ');
  }
}
