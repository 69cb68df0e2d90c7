import type * as Sdk from '@aws-sdk/client-ec2';
import type { EC2Client, Instance, RunInstancesCommandInput } from '@aws-sdk/client-ec2';

import { OptiInfraError } from '../../../support/errors.ts';
import { translateAwsError } from './aws-errors.ts';
import type { OpenCloud } from './access.ts';
import type { Cloud, CloudInstance, InstanceState, LaunchRequest } from './cloud.ts';
import { createRoleCredentials } from './aws-credentials.ts';

export interface AwsOptions {
  /** Endpoint of the AWS simulator; the SDK's own address when absent. */
  readonly endpoint: string | undefined;
  readonly wallMs: () => number;
}

/** An AWS account in a region, entered by AssumeRole; the credentials are renewed when due. */
export function openAws(options: AwsOptions): OpenCloud {
  return async ({ region, roleArn }) => {
    if (roleArn === null) throw new OptiInfraError('CLOUD_REFUSED', 'no role lets us into this AWS account');
    // The SDK takes a second to load, so it is loaded when the first rollout needs it.
    const ec2 = await import('@aws-sdk/client-ec2');
    const client = new ec2.EC2Client({
      region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      credentials: createRoleCredentials({ region, roleArn, ...options }),
    });
    return createAwsCloud(ec2, client);
  };
}

type Ec2 = typeof Sdk;
/** The customer keeps its serving image by this name in each region, as the installation asks; GCP has a family. */
const SERVING_IMAGE = 'optiinfra-serving';

function createAwsCloud(ec2: Ec2, client: EC2Client): Cloud {
  const list = (filters: { Name: string; Values: string[] }[]): Promise<readonly CloudInstance[]> =>
    translated('DescribeInstances', async () => {
      const found: CloudInstance[] = [];
      for await (const page of ec2.paginateDescribeInstances(
        { client, pageSize: 200 },
        { Filters: filters },
      )) {
        for (const { Instances = [] } of page.Reservations ?? []) found.push(...Instances.map(toInstance));
      }
      return found;
    });
  return {
    launch: (request) => launch(ec2, client, request),
    describe: async (ids) => (ids.length === 0 ? [] : list([{ Name: 'instance-id', Values: [...ids] }])),
    findByTag: (tag, value) => list([{ Name: `tag:${tag}`, Values: [value] }]),
    listBilled: () => list([{ Name: 'instance-state-name', Values: ['pending', 'running'] }]),
    terminate: (ids) =>
      translated('TerminateInstances', async () => {
        if (ids.length === 0) return;
        await client.send(new ec2.TerminateInstancesCommand({ InstanceIds: [...ids] }));
      }),
  };
}

/** What a new node takes over from one that is there. */
type Template = Pick<Instance, 'ImageId' | 'KeyName' | 'SecurityGroups'>;

/** The first of these instances that the cloud knows. By filter: an id it has forgotten is then no error. */
async function templateOf(
  ec2: Ec2,
  client: EC2Client,
  { likeInstanceIds: ids }: LaunchRequest,
): Promise<Template | undefined> {
  return translated('DescribeInstances', async () => {
    const answer = await client.send(
      new ec2.DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [...ids] }] }),
    );
    const known = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
    const byId = new Map(known.map((instance) => [instance.InstanceId, instance]));
    return ids.flatMap((id) => byId.get(id) ?? []).find(({ ImageId }) => ImageId !== undefined);
  });
}

/** For a deployment that comes from elsewhere: the customer's own serving image of this region, the newest. */
async function servingImageOf(ec2: Ec2, client: EC2Client): Promise<Template | undefined> {
  return translated('DescribeImages', async () => {
    const { Images = [] } = await client.send(
      new ec2.DescribeImagesCommand({
        Owners: ['self'],
        Filters: [{ Name: 'name', Values: [SERVING_IMAGE] }],
      }),
    );
    const [newest] = Images.toSorted((left, right) =>
      (right.CreationDate ?? '').localeCompare(left.CreationDate ?? ''),
    );
    return newest?.ImageId === undefined ? undefined : { ImageId: newest.ImageId };
  });
}

async function launch(ec2: Ec2, client: EC2Client, request: LaunchRequest): Promise<CloudInstance> {
  const template = (await templateOf(ec2, client, request)) ?? (await servingImageOf(ec2, client));
  if (template === undefined) {
    throw new OptiInfraError(
      'CLOUD_REFUSED',
      `EC2 knows no image of ${request.likeInstanceIds.join(', ')} in this region, and none named ${SERVING_IMAGE}`,
    );
  }
  const answer = await translated('RunInstances', () =>
    client.send(new ec2.RunInstancesCommand(runInput(template, request))),
  );
  const [instance] = answer.Instances ?? [];
  if (instance === undefined) throw new OptiInfraError('CLOUD_REFUSED', 'EC2 RunInstances gave no instance');
  return toInstance(instance);
}

function runInput(template: Template, request: LaunchRequest): RunInstancesCommandInput {
  const groups = (template.SecurityGroups ?? []).flatMap(({ GroupId }) =>
    GroupId === undefined ? [] : [GroupId],
  );
  return {
    ImageId: template.ImageId,
    InstanceType: request.instanceType as NonNullable<RunInstancesCommandInput['InstanceType']>,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: request.clientToken,
    Placement: { AvailabilityZone: request.zone },
    ...(request.lifecycle === 'spot'
      ? {
          InstanceMarketOptions: {
            MarketType: 'spot',
            SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
          },
        }
      : {}),
    ...(template.KeyName === undefined ? {} : { KeyName: template.KeyName }),
    ...(groups.length === 0 ? {} : { SecurityGroupIds: groups }),
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
      },
    ],
  };
}

function toInstance(instance: Instance): CloudInstance {
  const { InstanceId: instanceId, InstanceType: instanceType } = instance;
  const zone = instance.Placement?.AvailabilityZone;
  const state = instance.State?.Name;
  if (instanceId === undefined || instanceType === undefined || zone === undefined || state === undefined) {
    throw new OptiInfraError('CLOUD_REFUSED', `EC2 described an instance without id, type, zone or state`);
  }
  return {
    instanceId,
    instanceType,
    zone,
    lifecycle: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on_demand',
    state: state satisfies InstanceState,
    tags: Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
}

async function translated<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateAwsError(action, error);
  }
}
