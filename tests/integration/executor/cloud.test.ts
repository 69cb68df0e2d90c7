import {
  DescribeInstancesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { createNodeActivities } from '../../../src/platform/executor/activities/nodes.ts';
import type { RolloutDependencies } from '../../../src/platform/executor/activities/dependencies.ts';
import { createTerminationActivities } from '../../../src/platform/executor/activities/termination.ts';
import { createCloudAccess } from '../../../src/platform/executor/cloud/access.ts';
import { openAws } from '../../../src/platform/executor/cloud/aws.ts';
import { TAGS, type Cloud, type CloudAccess } from '../../../src/platform/executor/cloud/cloud.ts';
import type { CloudDoor, NodeGroup, RolloutOrder } from '../../../src/platform/executor/contract.ts';
import { targetGroup } from '../../../src/platform/executor/policy/parts.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { startMoto, type Moto } from '../world/moto-process.ts';
import { migration, order as template } from '../../workflow/executor/fake-rollout.ts';

const REGION = 'us-east-1';
const clock = createClock(anchorNow(60));
let moto: Moto;
let access: CloudAccess;
let account = 100_000_000_000;
let door: CloudDoor;
let order: RolloutOrder;
let group: NodeGroup;
let retiringIds: readonly string[];
let keptIds: readonly string[];
let cloud: Cloud;

const accessAt = (endpoint: string): CloudAccess =>
  createCloudAccess({
    aws: openAws({ endpoint, wallMs: () => clock.wallMs() }),
    gcp: () => Promise.reject(new Error('not asked here')),
  });

beforeAll(async () => {
  moto = await startMoto();
  access = accessAt(moto.endpoint);
});
afterAll(() => moto.stop());

/** A fresh customer account with four on-demand nodes of the deployment. */
beforeEach(async () => {
  account += 1;
  const roleArn = `arn:aws:iam::${String(account)}:role/OptiInfraRole`;
  const ids = await startOnDemand(roleArn, 4);
  door = { provider: 'aws', region: REGION, account_id: String(account), roleArn, serviceAccount: null };
  order = { ...template, doors: [door], memberIds: ids };
  retiringIds = ids.slice(0, 3);
  keptIds = ids.slice(3);
  group = targetGroup(migration, ids);
  cloud = await access(door);
});

async function customer(roleArn: string): Promise<EC2Client> {
  const options = { endpoint: moto.endpoint, region: REGION };
  const sts = new STSClient({ ...options, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const { Credentials: session } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'customer' }),
  );
  sts.destroy();
  return new EC2Client({
    ...options,
    credentials: {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
      sessionToken: session?.SessionToken ?? '',
    },
  });
}

async function startOnDemand(roleArn: string, count: number): Promise<string[]> {
  const ec2 = await customer(roleArn);
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
const termination = () => createTerminationActivities(dependencies());
const spotOf = async () => (await cloud.listBilled()).filter(({ lifecycle }) => lifecycle === 'spot');
const slots = [0, 1, 2].map((slot) => ({ slot, attempt: 0, avoidZone: null, lostIds: [] }));
const launch = (wrap?: (cloud: Cloud) => Cloud, change: Partial<RolloutOrder> = {}) =>
  nodesOf(wrap).launchNodes({ order: { ...order, ...change }, group, slots });
const idsOf = (nodes: readonly { readonly instanceId: string }[]) =>
  nodes.map(({ instanceId }) => instanceId);

/** The cloud as it is in a shortage: these zones have no spot room. */
const withoutRoomIn =
  (...zones: string[]) =>
  (usual: Cloud): Cloud => ({
    ...usual,
    launch: async (request) => {
      if (request.lifecycle === 'spot' && zones.includes(request.zone))
        throw new OptiInfraError('NO_SPOT_CAPACITY', `none in ${request.zone}`);
      return usual.launch(request);
    },
  });

test('spot nodes are made in their zones, tagged, and seen as spot', async () => {
  const { nodes } = await launch();
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
    launch: async (request) => {
      if (request.tags[TAGS.slot] === 'new-2')
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'connection lost');
      return usual.launch(request);
    },
  });
  await expect(launch(dies)).rejects.toThrow('connection lost');
  const first = (await spotOf()).map(({ instanceId }) => instanceId);
  const { nodes } = await launch();
  expect(nodes.map(({ instanceId }) => instanceId)).toEqual(expect.arrayContaining(first));
  expect(await spotOf()).toHaveLength(3);
});

test('a zone without room is replaced by another, and the refusal is kept as evidence', async () => {
  const { nodes, evidence } = await launch(withoutRoomIn('us-east-1b'));
  expect(nodes.map(({ zone }) => zone)).toEqual(['us-east-1a', 'us-east-1a', 'us-east-1c']);
  expect(evidence['refused_pools']).toEqual([expect.stringContaining('us-east-1b')]);
});

test('no room anywhere: refused, saying that the fleet stays on demand', async () => {
  const nowhere = withoutRoomIn('us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d');
  await expect(launch(nowhere)).rejects.toMatchObject({
    code: 'NO_SPOT_CAPACITY',
    message: expect.stringContaining('stays on demand') as string,
  });
});

test('giving back ends the nodes of this rollout only, and twice is once', async () => {
  await launch();
  await launch(undefined, { optimizationId: 'opt_2' });
  const { terminatedIds } = await nodesOf().terminateMade({ order, group });
  expect(terminatedIds).toHaveLength(3);
  expect((await nodesOf().terminateMade({ order, group })).terminatedIds).toEqual([]);
  const left = await spotOf();
  expect(left.map(({ tags }) => tags[TAGS.optimization])).toEqual(['opt_2', 'opt_2', 'opt_2']);
});

test('a slot that lost its node gets another, in another zone', async () => {
  const { nodes } = await launch();
  const lostId = nodes[1]?.instanceId ?? '';
  await cloud.terminate([lostId]);
  const refilled = await nodesOf().launchNodes({
    order,
    group,
    slots: [{ slot: 1, attempt: 1, avoidZone: 'us-east-1b', lostIds: [lostId] }],
  });
  expect(refilled.nodes[0]?.zone).toBe('us-east-1a');
  expect(await spotOf()).toHaveLength(3);
});

test('a slot whose node is announced gets another while it still runs, and only one', async () => {
  const { nodes } = await launch();
  const lostId = nodes[1]?.instanceId ?? '';
  const again = {
    order,
    group,
    slots: [{ slot: 1, attempt: 1, avoidZone: 'us-east-1b', lostIds: [lostId] }],
  };
  const refilled = await nodesOf().launchNodes(again);
  expect(idsOf(refilled.nodes)).not.toContain(lostId);
  expect(idsOf((await nodesOf().launchNodes(again)).nodes)).toEqual(idsOf(refilled.nodes));
  expect(await spotOf()).toHaveLength(4);
});

test('where the plan allows it a slot without spot room runs on demand, tagged to be returned to spot', async () => {
  const nowhere = withoutRoomIn('us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d');
  const { nodes } = await nodesOf(nowhere).launchNodes({
    order,
    group: { ...group, onDemandZone: 'us-east-1a' },
    slots: slots.slice(0, 1),
  });
  expect(nodes).toMatchObject([{ lifecycle: 'on_demand', zone: 'us-east-1a' }]);
  const [node] = await cloud.describe(idsOf(nodes));
  expect(node?.tags[TAGS.fallback]).toBe('spot');
});

test('terminated on-demand nodes are really gone in EC2, the kept one stays', async () => {
  const { nodes } = await launch();
  const { evidence } = await termination().checkStaying({ order, stayingIds: [...keptIds, ...idsOf(nodes)] });
  expect(evidence).toMatchObject({ kept_on_demand_nodes: 1, spot_nodes: 3, kept_on_demand_share: 0.25 });
  for (const instanceId of retiringIds) await termination().terminateNode({ order, instanceId });
  expect(await nodesOf().findGone({ order, instanceIds: order.memberIds })).toEqual(retiringIds);
});

test('a node protected against termination is the cloud’s refusal, and stays', async () => {
  const [instanceId = ''] = retiringIds;
  const ec2 = await customer(door.roleArn ?? '');
  await ec2.send(
    new ModifyInstanceAttributeCommand({ InstanceId: instanceId, DisableApiTermination: { Value: true } }),
  );
  ec2.destroy();
  await expect(termination().terminateNode({ order, instanceId })).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
  });
  expect(await nodesOf().findGone({ order, instanceIds: [instanceId] })).toEqual([]);
});

test('a termination that would go below the kept share is refused before anything ends', async () => {
  const { nodes } = await launch();
  const strict = { ...order, minimumOnDemandShare: 0.5 };
  await expect(
    termination().checkStaying({ order: strict, stayingIds: [...keptIds, ...idsOf(nodes)] }),
  ).rejects.toMatchObject({ code: 'INVALID_STATE' });
});

test('a termination with a node missing is refused', async () => {
  const { nodes } = await launch();
  await cloud.terminate([nodes[0]?.instanceId ?? '']);
  await expect(
    termination().checkStaying({ order, stayingIds: [...keptIds, ...idsOf(nodes)] }),
  ).rejects.toThrow('3 of 4 nodes that should stay still run');
});

test('what is gone is remembered, so that another can be made like it', async () => {
  const [instanceId = ''] = retiringIds;
  await termination().terminateNode({ order, instanceId });
  expect(await nodesOf().describeNodes({ order, instanceIds: [instanceId] })).toMatchObject([
    { instanceId, lifecycle: 'on_demand', instanceType: 'p4d.24xlarge', place: { region: REGION } },
  ]);
});

test('a template instance that is not there is the cloud’s refusal, not an outage', async () => {
  group = { ...group, likeInstanceIds: ['i-00000000000000000'] };
  await expect(launch()).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
});

test('nodes of a deployment from another cloud start from the customer’s own serving image', async () => {
  const ec2 = await customer(door.roleArn ?? '');
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({ Name: 'optiinfra-serving', RootDeviceName: '/dev/xvda' }),
  );
  group = { ...group, likeInstanceIds: ['gcp-node-1'] };
  const { nodes } = await launch();
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ InstanceIds: [...idsOf(nodes)] }),
  );
  ec2.destroy();
  const images = Reservations.flatMap(({ Instances = [] }) => Instances.map((each) => each.ImageId));
  expect(images).toEqual(nodes.map(() => ImageId));
});

test('a cloud that does not answer is an outage', async () => {
  const away = await accessAt('http://127.0.0.1:9')(door);
  await expect(away.listBilled()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
});
