import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { randomIds } from '../../../src/support/ids.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { createAws } from '../../../src/world/clouds/aws.ts';
import type { Cloud, CloudAccount } from '../../../src/world/clouds/cloud.ts';
import type { RunningSite } from '../../../src/world/sites/site.ts';
import { createSites } from '../../../src/world/sites/sites.ts';
import { acmeAt } from '../../unit/world/sites/acme.ts';
import { startMoto, type Moto } from './moto-process.ts';

const REGION = 'us-east-1';
const TAGS = { 'optiinfra:deployment': 'vllm-prod-1', 'optiinfra:run': 'run_1' };

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(async () => {
  await moto.stop();
});

/** What OptiInfra's executor does: the customer's role, then the official SDK. */
async function assumeCustomerRole(roleArn: string): Promise<EC2Client> {
  const options = { endpoint: moto.endpoint, region: REGION };
  const sts = new STSClient({ ...options, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const answer = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'executor' }));
  sts.destroy();
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {};
  return new EC2Client({
    ...options,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
}

const runSpot = (zone: string, deployment?: string) =>
  new RunInstancesCommand({
    ImageId: 'ami-0a1b2c3d4e5f60718',
    InstanceType: 'p4d.24xlarge',
    MinCount: 1,
    MaxCount: 1,
    Placement: { AvailabilityZone: zone },
    InstanceMarketOptions: { MarketType: 'spot' },
    ...(deployment === undefined
      ? {}
      : {
          TagSpecifications: [
            { ResourceType: 'instance', Tags: [{ Key: 'optiinfra:deployment', Value: deployment }] },
          ],
        }),
  });

describe('an account', () => {
  let accounts = 200_000_000_000;
  let accountId: string;
  let account: CloudAccount;
  beforeEach(async () => {
    accounts += 1;
    accountId = String(accounts);
    account = await createAws({ endpoint: moto.endpoint }).openAccount(accountId, REGION);
  });
  const launch = (count: number, zone = 'us-east-1b') =>
    account.launchOnDemand({ zone, instanceType: 'p4d.24xlarge', count, tags: TAGS });

  test('starts on-demand machines in a zone, with tags', async () => {
    const launched = await launch(2);
    const seen = await account.describe();
    expect(seen.map(({ instanceId }) => instanceId).sort()).toEqual(
      launched.map(({ instanceId }) => instanceId).sort(),
    );
    for (const instance of seen) {
      expect(instance).toMatchObject({
        zone: 'us-east-1b',
        instanceType: 'p4d.24xlarge',
        lifecycle: 'on_demand',
        state: 'running',
        tags: TAGS,
      });
    }
  });

  test('is seen by nobody else', async () => {
    await launch(1);
    const other = await createAws({ endpoint: moto.endpoint }).openAccount('300000000001', REGION);
    expect(await other.describe()).toEqual([]);
    const [mine] = await account.describe();
    await expect(other.terminate([mine?.instanceId ?? ''])).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
    expect(await account.describe()).toHaveLength(1);
  });

  test('shows machines that the customer’s lent role starts, with their spot lifecycle', async () => {
    const lent = await assumeCustomerRole(`arn:aws:iam::${accountId}:role/OptiInfraRole`);
    await lent.send(runSpot('us-east-1c', 'vllm-prod-1'));
    expect(await account.describe()).toMatchObject([
      { lifecycle: 'spot', zone: 'us-east-1c', tags: { 'optiinfra:deployment': 'vllm-prod-1' } },
    ]);
  });

  test('no longer shows a terminated machine', async () => {
    const [first, second] = await launch(2);
    await account.terminate([first?.instanceId ?? '']);
    expect((await account.describe()).map(({ instanceId }) => instanceId)).toEqual([second?.instanceId]);
    await account.terminate([first?.instanceId ?? '']);
    await account.terminate([]);
  });

  test('refuses by name what AWS refuses', async () => {
    const nowhere = { zone: 'mars-1a', instanceType: 'p4d.24xlarge', count: 1, tags: TAGS };
    await expect(account.launchOnDemand(nowhere)).rejects.toMatchObject({
      code: 'CLOUD_REFUSED',
      message: expect.stringContaining('RunInstances') as string,
    });
  });
});

test('an endpoint where nobody answers is refused', async () => {
  const nobody = createAws({ endpoint: 'http://127.0.0.1:1' });
  await expect(nobody.probe()).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
});

describe('a site on the simulator', () => {
  /** A cold start of 600 s takes 200 ms. */
  const clock = createClock(anchorNow(3_000));
  /** The simulator's address is known when the tests run. */
  const lazily: Cloud = {
    openAccount: (id, region) => createAws(moto).openAccount(id, region),
    probe: () => createAws(moto).probe(),
  };
  const sites = createSites({
    clouds: { aws: lazily, gcp: lazily },
    coldStart: 'standard',
    clock,
    ids: randomIds,
    logger: createLogger('test', 'silent'),
  });
  let site: RunningSite;
  let lent: EC2Client;
  beforeEach(async () => {
    const opened = await sites.create(acmeAt(0.5));
    site = sites.get(opened.siteId);
    lent = await assumeCustomerRole(opened.accounts[0]?.roleArn ?? '');
  });
  afterAll(() => sites.close());

  const eventually = (look: () => void) => vi.waitFor(look, { timeout: 20_000, interval: 50 });
  const stateOf = (instanceId: string) =>
    site.state().nodes.find((node) => node.instanceId === instanceId)?.state;
  const spotNode = async (deployment?: string): Promise<string> => {
    const { Instances } = await lent.send(runSpot('us-east-1d', deployment));
    return Instances?.[0]?.InstanceId ?? '';
  };

  test('lets a tagged spot machine join, and one that is tagged later', async () => {
    const tagged = await spotNode('vllm-prod-1');
    const later = await spotNode();
    await eventually(() => expect(stateOf(tagged)).toBe('ready'));
    expect(stateOf(later)).toBeUndefined();
    await lent.send(
      new CreateTagsCommand({
        Resources: [later],
        Tags: [{ Key: 'optiinfra:deployment', Value: 'vllm-prod-1' }],
      }),
    );
    await eventually(() => expect(stateOf(later)).toBe('ready'));
    expect(site.state().nodes.find(({ instanceId }) => instanceId === tagged)).toMatchObject({
      lifecycle: 'spot',
      zone: 'us-east-1d',
      weight: 0,
    });
  });

  test('sees a machine go that the lent role terminates', async () => {
    const [first = ''] = site.site.instanceIds;
    await lent.send(new TerminateInstancesCommand({ InstanceIds: [first] }));
    await eventually(() => expect(stateOf(first)).toBe('gone'));
    expect(site.host.inventory().instances).toHaveLength(3);
  });

  test('takes a reclaimed machine away in EC2 after its notice', async () => {
    const spot = await spotNode('vllm-prod-1');
    await eventually(() => expect(stateOf(spot)).toBe('ready'));
    site.reclaim({ nodes: 1 });
    await eventually(() => expect(stateOf(spot)).toBe('gone'));
    await vi.waitFor(
      async () => {
        const { Reservations } = await lent.send(new DescribeInstancesCommand({ InstanceIds: [spot] }));
        expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('terminated');
      },
      { timeout: 20_000, interval: 50 },
    );
  });

  test('leaves nothing running when it ends', async () => {
    await spotNode('vllm-prod-1');
    await sites.remove(site.site.siteId);
    const { Reservations = [] } = await lent.send(new DescribeInstancesCommand({}));
    const states = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name));
    expect(states).toHaveLength(5);
    expect(new Set(states)).toEqual(new Set(['terminated']));
  });
});
