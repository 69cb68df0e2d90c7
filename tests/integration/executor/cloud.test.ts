import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { createNodeActivities } from '../../../src/platform/executor/activities/nodes.ts';
import type { RolloutDependencies } from '../../../src/platform/executor/activities/dependencies.ts';
import { createTerminationActivities } from '../../../src/platform/executor/activities/termination.ts';
import { createAwsAccess } from '../../../src/platform/executor/cloud/aws.ts';
import { TAGS, type Cloud, type CloudAccess } from '../../../src/platform/executor/cloud/cloud.ts';
import type { RolloutOrder } from '../../../src/platform/executor/contract.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { startMoto, type Moto } from '../world/moto-process.ts';
import { order as template } from '../../workflow/executor/fake-rollout.ts';

const REGION = 'us-east-1';
const clock = createClock(anchorNow(60));
let moto: Moto;
let access: CloudAccess;
let account = 100_000_000_000;
let order: RolloutOrder;
let cloud: Cloud;

beforeAll(async () => {
  moto = await startMoto();
  access = createAwsAccess({ endpoint: moto.endpoint, wallMs: () => clock.wallMs() });
});
afterAll(() => moto.stop());

/** A fresh customer account with four on-demand nodes of the deployment. */
beforeEach(async () => {
  account += 1;
  const roleArn = `arn:aws:iam::${String(account)}:role/OptiInfraRole`;
  const ids = await startOnDemand(roleArn, 4);
  order = {
    ...template,
    roleArn,
    accountId: String(account),
    retiringIds: ids.slice(0, 3),
    keptIds: ids.slice(3),
  };
  cloud = await access(order);
});

async function startOnDemand(roleArn: string, count: number): Promise<string[]> {
  const options = { endpoint: moto.endpoint, region: REGION };
  const sts = new STSClient({ ...options, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const { Credentials: session } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'customer' }),
  );
  const ec2 = new EC2Client({
    ...options,
    credentials: {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
      sessionToken: session?.SessionToken ?? '',
    },
  });
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60718',
      InstanceType: 'p4d.24xlarge',
      MinCount: count,
      MaxCount: count,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: TAGS.deployment, Value: template.deployment }] },
      ],
    }),
  );
  sts.destroy();
  ec2.destroy();
  return Instances.map(({ InstanceId }) => InstanceId ?? '');
}

const dependencies = (wrap: (cloud: Cloud) => Cloud = (same) => same): RolloutDependencies =>
  ({
    clock,
    cloud: async () => wrap(cloud),
    pulse: () => ({ beat: () => undefined, signal: new AbortController().signal }),
  }) as unknown as RolloutDependencies;
const nodesOf = (wrap?: (cloud: Cloud) => Cloud) => createNodeActivities(dependencies(wrap));
const spotOf = async () => (await cloud.listBilled()).filter(({ lifecycle }) => lifecycle === 'spot');

/** The cloud as it is in a shortage: these zones have no spot room. */
const withoutRoomIn =
  (...zones: string[]) =>
  (usual: Cloud): Cloud => ({
    ...usual,
    launchSpot: async (request) => {
      if (zones.includes(request.zone))
        throw new OptiInfraError('NO_SPOT_CAPACITY', `none in ${request.zone}`);
      return usual.launchSpot(request);
    },
  });

test('spot nodes are made in their zones, tagged, and seen as spot', async () => {
  const { nodes } = await nodesOf().launchSpotNodes({ order });
  expect(nodes.map(({ zone }) => zone)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  const spot = await spotOf();
  expect(spot).toHaveLength(3);
  for (const { tags, lifecycle, instanceType } of spot) {
    expect({ lifecycle, instanceType }).toEqual({ lifecycle: 'spot', instanceType: 'p4d.24xlarge' });
    expect(tags).toMatchObject({
      [TAGS.deployment]: 'vllm-prod-1',
      [TAGS.optimization]: 'opt_1',
      [TAGS.customer]: 'cus_1',
    });
  }
});

test('asked again, after an attempt that died half way, it makes no node twice', async () => {
  const dies = (usual: Cloud): Cloud => ({
    ...usual,
    launchSpot: async (request) => {
      if (request.tags[TAGS.slot] === '2')
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'connection lost');
      return usual.launchSpot(request);
    },
  });
  await expect(nodesOf(dies).launchSpotNodes({ order })).rejects.toThrow('connection lost');
  const first = (await spotOf()).map(({ instanceId }) => instanceId);
  const { nodes } = await nodesOf().launchSpotNodes({ order });
  expect(nodes.map(({ instanceId }) => instanceId)).toEqual(expect.arrayContaining(first));
  expect(await spotOf()).toHaveLength(3);
});

test('a zone without room is replaced by another, and the refusal is kept as evidence', async () => {
  const { nodes, evidence } = await nodesOf(withoutRoomIn('us-east-1b')).launchSpotNodes({ order });
  expect(nodes.map(({ zone }) => zone)).toEqual(['us-east-1a', 'us-east-1a', 'us-east-1c']);
  expect(evidence['refused_pools']).toEqual([expect.stringContaining('us-east-1b')]);
});

test('no room anywhere: refused, saying that the fleet stays on demand', async () => {
  const nowhere = withoutRoomIn('us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d');
  await expect(nodesOf(nowhere).launchSpotNodes({ order })).rejects.toMatchObject({
    code: 'NO_SPOT_CAPACITY',
    message: expect.stringContaining('stays on demand') as string,
  });
});

test('giving back ends the nodes of this rollout only, and twice is once', async () => {
  await nodesOf().launchSpotNodes({ order });
  await nodesOf().launchSpotNodes({ order: { ...order, optimizationId: 'opt_2' } });
  const { terminatedIds } = await nodesOf().terminateSpotNodes({ order });
  expect(terminatedIds).toHaveLength(3);
  expect((await nodesOf().terminateSpotNodes({ order })).terminatedIds).toEqual([]);
  const left = await spotOf();
  expect(left.map(({ tags }) => tags[TAGS.optimization])).toEqual(['opt_2', 'opt_2', 'opt_2']);
});

test('terminated on-demand nodes are really gone in EC2, the kept one stays', async () => {
  const { nodes } = await nodesOf().launchSpotNodes({ order });
  const { evidence } = await createTerminationActivities(dependencies()).terminateOnDemand({ order, nodes });
  expect(evidence).toMatchObject({ kept_on_demand_nodes: 1, spot_nodes: 3, kept_on_demand_share: 0.25 });
  expect(await nodesOf().findGone({ order, instanceIds: [...order.retiringIds, ...order.keptIds] })).toEqual(
    order.retiringIds,
  );
});

test('a termination that would go below the kept share is refused before anything ends', async () => {
  const { nodes } = await nodesOf().launchSpotNodes({ order });
  const strict = { ...order, minimumOnDemandShare: 0.5 };
  await expect(
    createTerminationActivities(dependencies()).terminateOnDemand({ order: strict, nodes }),
  ).rejects.toMatchObject({ code: 'INVALID_STATE' });
  expect(await nodesOf().findGone({ order, instanceIds: order.retiringIds })).toEqual([]);
});

test('a termination with a spot node missing is refused', async () => {
  const { nodes } = await nodesOf().launchSpotNodes({ order });
  await cloud.terminate([nodes[0]?.instanceId ?? '']);
  await expect(
    createTerminationActivities(dependencies()).terminateOnDemand({ order, nodes }),
  ).rejects.toThrow('2 of 3 spot nodes still run');
});

test('a template instance that is not there is the cloud’s refusal, not an outage', async () => {
  const lost = { ...order, retiringIds: ['i-00000000000000000'] };
  await expect(nodesOf().launchSpotNodes({ order: lost })).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
});

test('a cloud that does not answer is an outage', async () => {
  const nowhere = createAwsAccess({ endpoint: 'http://127.0.0.1:9', wallMs: () => clock.wallMs() });
  const away = await nowhere(order);
  await expect(away.listBilled()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
});
