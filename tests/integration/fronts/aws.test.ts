import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { pythonPaths } from '../../../src/environment/python.ts';

/**
 * That the simulator does what the platform needs of EC2 and STS with only the packages of our lock.
 * `CONFORMANCE_AWS_URL` points the same calls at another simulator.
 */
const ROOT = resolve(import.meta.dirname, '../../..');
const region = 'us-east-1';
let endpoint = process.env['CONFORMANCE_AWS_URL'] ?? '';
let child: ChildProcess | undefined;

async function start(): Promise<void> {
  const path = join(ROOT, 'src/environment/fronts/aws_front.py');
  child = spawn(pythonPaths(ROOT).python, ['-u', path, '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) {
    said.push(line);
    const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url === undefined) continue;
    endpoint = url;
    child.stderr!.resume();
    return;
  }
  throw new Error(`the simulator ended while it was starting: ${said.join('\n')}`);
}

async function ec2Of(account: string): Promise<EC2Client> {
  const sts = new STSClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const role = { RoleArn: `arn:aws:iam::${account}:role/OptiInfraRole`, RoleSessionName: 'conformance' };
  const { Credentials: granted } = await sts.send(new AssumeRoleCommand(role));
  const credentials = {
    accessKeyId: granted!.AccessKeyId!,
    secretAccessKey: granted!.SecretAccessKey!,
    sessionToken: granted!.SessionToken!,
  };
  return new EC2Client({ endpoint, region, credentials });
}

async function instances(ec2: EC2Client, name: string, value: string) {
  const filter = { Filters: [{ Name: name, Values: [value] }] };
  const { Reservations } = await ec2.send(new DescribeInstancesCommand(filter));
  return Reservations!.flatMap(({ Instances }) => Instances!);
}

beforeAll(async () => {
  if (endpoint === '') await start();
});

afterAll(async () => {
  if (child === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  expect(child.exitCode).toBe(0);
});

it('runs, tags, finds and ends spot instances of one account, unseen by another', async () => {
  const [own, other] = await Promise.all([ec2Of('111122223333'), ec2Of('444455556666')]);
  const { Instances } = await own.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      InstanceType: 'p4d.24xlarge',
      MinCount: 2,
      MaxCount: 2,
      InstanceMarketOptions: { MarketType: 'spot' },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'optiinfra:deployment', Value: 'd1' }] }],
    }),
  );
  const ids = Instances!.map(({ InstanceId }) => InstanceId!);
  await own.send(
    new CreateTagsCommand({ Resources: ids, Tags: [{ Key: 'optiinfra:optimization', Value: 'opt_1' }] }),
  );
  for (const [tag, value] of [
    ['tag:optiinfra:deployment', 'd1'],
    ['tag:optiinfra:optimization', 'opt_1'],
  ] as const) {
    const found = await instances(own, tag, value);
    expect(found.map(({ InstanceId }) => InstanceId).sort()).toEqual([...ids].sort());
    expect(new Set(found.map((each) => each.InstanceLifecycle))).toEqual(new Set(['spot']));
    expect(await instances(other, tag, value)).toEqual([]);
  }
  await own.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  const states = (await instances(own, 'tag:optiinfra:deployment', 'd1')).map(({ State }) => State?.Name);
  expect(states).toEqual(['terminated', 'terminated']);
});
