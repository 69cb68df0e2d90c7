import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { expectSuccess } from './http-probe.ts';
import { baseVariables } from './variables.ts';

/** The AWS simulator (moto): EC2, STS and IAM of any number of accounts, in memory. */
export const aws: ProcessDefinition = {
  name: 'aws',
  ports: ['aws'],
  after: [],
  layer: 'engine',
  // It keeps nothing, so there is nothing to put away, and open connections hold it up for seconds.
  stopSignal: 'SIGKILL',
  deadlineMs: 60_000,
  prepare: async ({ root }) => {
    pythonPaths(root);
  },
  command: (context) => ({
    file: pythonPaths(context.root).python,
    arguments: [
      join(context.root, 'src', 'environment', 'fronts', 'aws_front.py'),
      ...['-H', '127.0.0.1', '-p', String(context.descriptor.ports.aws)],
    ],
    variables: {
      ...baseVariables(context),
      PYTHONUNBUFFERED: '1',
      // Loading the catalogue of machine images costs a second and 100 MB at the first call to EC2.
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
    },
    workingDirectory: context.root,
  }),
  loadClient: async () => undefined,
  probe: writeAndReadSecurityGroup,
};

/** One call of EC2's query protocol. The simulator checks no signature, but tells service and region by its scope. */
async function ec2(
  url: string,
  signal: AbortSignal,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  return expectSuccess(url, signal, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // This account holds nothing but the probe.
      authorization: 'AWS4-HMAC-SHA256 Credential=readiness/20260101/us-east-1/ec2/aws4_request',
    },
    body: new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString(),
  });
}

async function writeAndReadSecurityGroup(context: ProcessContext, signal: AbortSignal): Promise<string> {
  const call = (parameters: Readonly<Record<string, string>>): Promise<string> =>
    ec2(context.descriptor.urls.aws, signal, parameters);
  const name = `readiness-${randomUUID()}`;
  const created = await call({
    Action: 'CreateSecurityGroup',
    GroupName: name,
    GroupDescription: 'readiness probe',
  });
  const groupId = /<groupId>([^<]+)</.exec(created)?.[1];
  if (groupId === undefined) throw new Error('EC2 made a security group without an id');
  const read = await call({ Action: 'DescribeSecurityGroups', 'GroupId.1': groupId });
  await call({ Action: 'DeleteSecurityGroup', GroupId: groupId });
  if (!read.includes(`<groupName>${name}<`)) throw new Error('EC2 lost a security group');
  return 'EC2 security group written and read';
}
