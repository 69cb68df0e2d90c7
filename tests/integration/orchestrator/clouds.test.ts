import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { CloudPlace } from '../../../src/contracts/api/orchestration.ts';
import { instance, inventory, START_MS } from '../support/flow-data.ts';
import { approve, Cast, draft, handedOut, recommend } from '../support/flow-drafts.ts';
import { FlowRig, PRICES, quote, type TestCustomer } from '../support/flow-rig.ts';

let rig: FlowRig;
let cast: Cast;
let customer: TestCustomer;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  cast = await Cast.start(rig);
  customer = await rig.customer();
});
afterEach(async () => {
  await cast[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const SERVICE_ACCOUNT = 'optiinfra@acme-project.iam.gserviceaccount.com';
const GCP = { cloud_provider: 'gcp', region: 'us-central1', service_account: SERVICE_ACCOUNT };
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const onboard = (request: unknown) =>
  rig.call('POST', `/customers/${customer.id}/onboard`, customer.token, request);
const clouds = async () => {
  const path = `/internal/customers/${customer.id}/context`;
  const { context: _, ...body } = (await rig.expect(200, 'GET', path, rig.secrets.agentKey)).body;
  return body as unknown as { readonly cloud: CloudPlace; readonly clouds: readonly CloudPlace[] };
};
const access = async (query: string) =>
  rig.call('GET', `/internal/customers/${customer.id}/cloud-access${query}`, rig.secrets.serviceKey);

describe('a second place', () => {
  it('stands beside the first, the same one is replaced, and each opens by itself', async () => {
    expect((await onboard(GCP)).status).toBe(202);
    const west = { cloud_provider: 'aws', region: 'us-west-2', iam_role_arn: role('West') };
    expect((await onboard(west)).status).toBe(202);
    expect((await onboard({ ...west, iam_role_arn: role('WestAgain') })).status).toBe(202);
    const places = await clouds();
    expect(places.cloud).toEqual({ provider: 'aws', region: 'us-east-1', account_id: '123456789012' });
    expect(places.clouds.map(({ provider, region }) => `${provider} ${region}`)).toEqual([
      'aws us-east-1',
      'gcp us-central1',
      'aws us-west-2',
    ]);
    expect(places.clouds[1]?.account_id).toBe('acme-project');
    expect((await access('?provider=gcp')).body).toMatchObject({ service_account: SERVICE_ACCOUNT });
    expect((await access('?provider=aws&region=us-west-2')).body).toMatchObject({
      iam_role_arn: role('WestAgain'),
    });
    expect((await access('')).body).toMatchObject({ region: 'us-east-1' });
    expect(await access('?region=eu-west-1')).toMatchObject({
      status: 409,
      body: { code: 'INVALID_STATE' },
    });
    const rows = await rig.rows<{ sealed: string }>('SELECT sealed FROM credentials WHERE customer_id = $1', [
      customer.id,
    ]);
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain('gserviceaccount');
  });

  it.each([
    [{ ...GCP, service_account: 'nobody' }, 'service_account'],
    [{ ...GCP, region: 'us-east-1' }, 'region'],
    [{ ...GCP, iam_role_arn: role('X') }, 'iam_role_arn'],
    [{ cloud_provider: 'aws', region: 'us-west-2', iam_role_arn: 'arn:aws:iam::1:role/X' }, 'iam_role_arn'],
  ])('is refused when its access does not fit: %j', async (request, field) => {
    const refused = await onboard(request);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(refused.body.detail).toContain(field);
    expect((await clouds()).clouds).toHaveLength(1);
  });

  it('is priced by its own account and region', async () => {
    await onboard(GCP);
    rig.market.answer = ({ query }) => ({
      status: 200,
      body: quote(query, query.get('provider') === 'gcp' ? { onDemand: 30, spot: 10 } : PRICES),
    });
    const runtime = await rig.connectRuntime(customer);
    const there = instance('g-1', { provider: 'gcp', region: 'us-central1', zone: 'us-central1-a' });
    const fleet = inventory(START_MS, [instance('i-1'), there]);
    const { body } = await rig.expect(200, 'POST', '/agent-runtime/discover', runtime, fleet);
    expect(body.monthly_cost).toBeCloseTo((PRICES.onDemand + 30) * 730, 6);
    const asked = rig.market.received.filter(({ query }) => query.get('provider') === 'gcp');
    expect(asked.at(-1)?.query.get('account')).toBe('acme-project');
  });

  it('is refused in an inventory while nobody has given access to that cloud', async () => {
    const runtime = await rig.connectRuntime(customer);
    const there = instance('g-1', { provider: 'gcp', region: 'us-central1', zone: 'us-central1-a' });
    const answer = await rig.call('POST', '/agent-runtime/discover', runtime, inventory(START_MS, [there]));
    expect(answer).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
    expect(answer.body.detail).toContain('gcp');
  });

  it('is handed to the executor when a plan touches it, after the place where the deployment runs', async () => {
    await onboard(GCP);
    cast.drafts = [
      draft({
        type: 'cross_cloud_placement',
        plan: {
          kind: 'placement',
          deployment: 'vllm-prod-1',
          provider: 'aws',
          region: 'us-east-1',
          instance_type: 'p4d.24xlarge',
          replace_instance_ids: ['i-1'],
          keep_instance_ids: [],
          target: {
            provider: 'gcp',
            region: 'us-central1',
            instance_type: 'a2-ultragpu-8g',
            lifecycle: 'on_demand',
            nodes: [{ zone: 'us-central1-a', usd_per_hour: 30 }],
          },
          transfer: { gb_per_month: 10, usd_per_month: 1 },
        },
      }),
    ];
    const id = await approve(rig, customer, await recommend(rig, customer));
    const { cloud_access, context } = await handedOut(rig, id);
    expect(cloud_access).toMatchObject([
      { provider: 'aws', region: 'us-east-1', service_account: null },
      { provider: 'gcp', region: 'us-central1', service_account: SERVICE_ACCOUNT },
    ]);
    expect(context.clouds).toHaveLength(2);
  });
});
