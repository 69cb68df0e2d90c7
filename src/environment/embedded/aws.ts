import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
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
  loadClient,
  probe: writeAndReadSecurityGroup,
};

async function loadClient() {
  return import('@aws-sdk/client-ec2');
}

async function writeAndReadSecurityGroup(context: ProcessContext, signal: AbortSignal): Promise<string> {
  const { EC2Client, CreateSecurityGroupCommand, DeleteSecurityGroupCommand, DescribeSecurityGroupsCommand } =
    await loadClient();
  const client = new EC2Client({
    region: 'us-east-1',
    endpoint: context.descriptor.urls.aws,
    // The simulator asks for no key; this account holds nothing but the probe.
    credentials: { accessKeyId: 'readiness', secretAccessKey: 'readiness' },
    maxAttempts: 1,
  });
  const options = { abortSignal: signal };
  try {
    const name = `readiness-${randomUUID()}`;
    const { GroupId } = await client.send(
      new CreateSecurityGroupCommand({ GroupName: name, Description: 'readiness probe' }),
      options,
    );
    if (GroupId === undefined) throw new Error('EC2 made a security group without an id');
    const read = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }), options);
    await client.send(new DeleteSecurityGroupCommand({ GroupId }), options);
    if (read.SecurityGroups?.[0]?.GroupName !== name) throw new Error('EC2 lost a security group');
    return 'EC2 security group written and read';
  } finally {
    client.destroy();
  }
}
