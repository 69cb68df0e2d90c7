import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createLogger } from '../../../src/support/logging.ts';
import { createAwsEdge } from '../../../src/world/clouds/aws-edge.ts';
import { createAws } from '../../../src/world/clouds/aws.ts';
import { startMoto, type Moto } from './moto-process.ts';

const REGION = 'us-east-1';
const DRY_ACCOUNT = '400000000001';

let moto: Moto;
let edge: Server;
let endpoint: string;
const asked: string[] = [];

beforeAll(async () => {
  moto = await startMoto();
  edge = createAwsEdge({
    simulator: moto.endpoint,
    hasSpotCapacity: (account, zone) => {
      asked.push(`${account} ${zone}`);
      return account !== DRY_ACCOUNT || zone === 'us-east-1d';
    },
    logger: createLogger('test', 'silent'),
  }).listen(0, '127.0.0.1');
  await once(edge, 'listening');
  endpoint = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
});
afterAll(async () => {
  edge.close();
  await moto.stop();
});

async function clientOf(account: string, through = endpoint): Promise<EC2Client> {
  const sts = new STSClient({
    endpoint: through,
    region: REGION,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const RoleArn = `arn:aws:iam::${account}:role/OptiInfraRole`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  sts.destroy();
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return new EC2Client({
    endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
}

const run = (zone: string, spot: boolean) =>
  new RunInstancesCommand({
    ImageId: 'ami-0a1b2c3d4e5f60718',
    InstanceType: 'p4d.24xlarge',
    MinCount: 1,
    MaxCount: 1,
    Placement: { AvailabilityZone: zone },
    ...(spot ? { InstanceMarketOptions: { MarketType: 'spot' } } : {}),
  });

describe('the edge before AWS', () => {
  test('refuses spot machines where there are none, in EC2’s words, and launches nothing', async () => {
    const client = await clientOf(DRY_ACCOUNT);
    await expect(client.send(run('us-east-1a', true))).rejects.toMatchObject({
      name: 'InsufficientInstanceCapacity',
      message: expect.stringContaining('no Spot capacity') as string,
    });
    const { Reservations } = await client.send(new DescribeInstancesCommand({}));
    expect(Reservations).toEqual([]);
  });

  test('knows whose key it is though it did not see the role assumed', async () => {
    const client = await clientOf(DRY_ACCOUNT, moto.endpoint);
    await expect(client.send(run('us-east-1a', true))).rejects.toMatchObject({
      name: 'InsufficientInstanceCapacity',
    });
  });

  test('lets the same account have on-demand machines, and spot machines in another zone', async () => {
    const client = await clientOf(DRY_ACCOUNT);
    const { Instances } = await client.send(run('us-east-1a', false));
    const { Instances: spot } = await client.send(run('us-east-1d', true));
    expect(spot?.[0]?.InstanceLifecycle).toBe('spot');
    const ids = [...(Instances ?? []), ...(spot ?? [])].map(({ InstanceId = '' }) => InstanceId);
    await client.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  });

  test('lets another account have them', async () => {
    const client = await clientOf('400000000002');
    const { Instances } = await client.send(run('us-east-1a', true));
    expect(Instances).toHaveLength(1);
    expect(asked).toContain('400000000002 us-east-1a');
  });

  test('hands on what the simulator refuses', async () => {
    const client = await clientOf('400000000003');
    const none = new TerminateInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] });
    await expect(client.send(none)).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
  });
});

describe('the customer’s guard', () => {
  test('makes EC2 refuse a termination until it is taken off', async () => {
    const account = await createAws(moto).openAccount('400000000004', REGION);
    const launched = await account.launchOnDemand({
      zone: 'us-east-1a',
      instanceType: 'p4d.24xlarge',
      count: 1,
      tags: { 'optiinfra:run': 'run_1' },
    });
    const ids = launched.map(({ instanceId }) => instanceId);
    await account.protect(ids, true);
    const lent = await clientOf('400000000004');
    const terminate = new TerminateInstancesCommand({ InstanceIds: ids });
    await expect(lent.send(terminate)).rejects.toMatchObject({ name: 'OperationNotPermitted' });
    expect(await account.describe()).toHaveLength(1);
    await account.protect(ids, false);
    await lent.send(terminate);
    expect(await account.describe()).toEqual([]);
  });
});
