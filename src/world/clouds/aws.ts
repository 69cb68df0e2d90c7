import type * as Ec2Sdk from '@aws-sdk/client-ec2';
import type { EC2Client, Instance } from '@aws-sdk/client-ec2';

import { OptiInfraError } from '../../support/errors.ts';
import { exchange } from '../../support/http-exchange.ts';
import { assumedCredentials } from './aws-credentials.ts';
import type { Cloud, CloudAccount, CloudInstance, LaunchRequest } from './cloud.ts';

export interface AwsOptions {
  readonly endpoint: string;
}

/** The customer's own administration of its account, another role than the one it lends to OptiInfra. */
const ADMINISTRATOR_ROLE = 'SiteAdministrator';
/** The customer keeps its serving image by this name in each region it gives access to, as the installation asks. */
const SERVING_IMAGE = 'optiinfra-serving';
const LIVE_STATES = ['pending', 'running'];

/** AWS by its official SDK. The SDK is loaded at the first account, so that the world starts without its cost. */
export function createAws(options: AwsOptions): Cloud {
  return {
    openAccount: async (accountId, region) => {
      const sdk = await import('@aws-sdk/client-ec2');
      const client = new sdk.EC2Client({
        endpoint: options.endpoint,
        region,
        credentials: assumedCredentials({
          endpoint: options.endpoint,
          region,
          roleArn: `arn:aws:iam::${accountId}:role/${ADMINISTRATOR_ROLE}`,
        }),
        maxAttempts: 5,
      });
      return createAccount(sdk, client, { region, imageId: await servingImage(sdk, client) });
    },
    probe: async () => {
      const look = { method: 'HEAD', signal: AbortSignal.timeout(2_000) };
      await exchange(new URL(options.endpoint), look).catch((cause: unknown) => {
        throw refused('answer', cause);
      });
    },
  };
}

/** Safe to repeat: an account that is opened again has its image already. */
async function servingImage(sdk: typeof Ec2Sdk, client: EC2Client): Promise<string> {
  try {
    const { Images: [known] = [] } = await client.send(
      new sdk.DescribeImagesCommand({
        Owners: ['self'],
        Filters: [{ Name: 'name', Values: [SERVING_IMAGE] }],
      }),
    );
    if (known?.ImageId !== undefined) return known.ImageId;
    const { ImageId } = await client.send(
      new sdk.RegisterImageCommand({
        Name: SERVING_IMAGE,
        Architecture: 'x86_64',
        RootDeviceName: '/dev/xvda',
        VirtualizationType: 'hvm',
      }),
    );
    if (ImageId !== undefined) return ImageId;
  } catch (cause) {
    throw refused('register the serving image', cause);
  }
  throw refused('register the serving image', new Error('no image id'));
}

function createAccount(
  sdk: typeof Ec2Sdk,
  client: EC2Client,
  { region, imageId }: { readonly region: string; readonly imageId: string },
): CloudAccount {
  return {
    launchOnDemand: async (request) => {
      const answer = await client
        .send(new sdk.RunInstancesCommand(runInstances(request, imageId)))
        .catch((cause: unknown) => {
          throw refused('RunInstances', cause);
        });
      return liveInstances(answer.Instances ?? [], region);
    },
    describe: async () => {
      const pages = sdk.paginateDescribeInstances(
        { client },
        { Filters: [{ Name: 'instance-state-name', Values: LIVE_STATES }] },
      );
      const found: CloudInstance[] = [];
      try {
        for await (const page of pages) {
          for (const { Instances } of page.Reservations ?? []) {
            found.push(...liveInstances(Instances ?? [], region));
          }
        }
      } catch (cause) {
        throw refused('DescribeInstances', cause);
      }
      return found;
    },
    terminate: async (instanceIds) => {
      if (instanceIds.length === 0) return;
      await client
        .send(new sdk.TerminateInstancesCommand({ InstanceIds: [...instanceIds] }))
        .catch((cause: unknown) => {
          throw refused('TerminateInstances', cause);
        });
    },
    protect: async (instanceIds, on) => {
      for (const InstanceId of instanceIds) {
        await client
          .send(new sdk.ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value: on } }))
          .catch((cause: unknown) => {
            throw refused('ModifyInstanceAttribute', cause);
          });
      }
    },
    close: () => client.destroy(),
  };
}

function runInstances(request: LaunchRequest, imageId: string) {
  return {
    ImageId: imageId,
    // The SDK types this as the union of all published types; ours come from a price book.
    InstanceType: request.instanceType as NonNullable<Instance['InstanceType']>,
    MinCount: request.count,
    MaxCount: request.count,
    Placement: { AvailabilityZone: request.zone },
    TagSpecifications: [
      {
        ResourceType: 'instance' as const,
        Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
      },
    ],
  };
}

function liveInstances(instances: readonly Instance[], region: string): CloudInstance[] {
  return instances.map((instance) => {
    const { InstanceId, InstanceType, Placement, State, InstanceLifecycle } = instance;
    const zone = Placement?.AvailabilityZone;
    if (InstanceId === undefined || InstanceType === undefined || zone === undefined) {
      throw refused('describe a machine in full', new Error(JSON.stringify(instance)));
    }
    return {
      provider: 'aws',
      region,
      instanceId: InstanceId,
      instanceType: InstanceType,
      zone,
      lifecycle: InstanceLifecycle === 'spot' ? 'spot' : 'on_demand',
      state: State?.Name === 'running' ? 'running' : 'pending',
      tags: Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    };
  });
}

function refused(what: string, cause: unknown): OptiInfraError {
  return new OptiInfraError('CLOUD_REFUSED', `AWS did not ${what}`, { cause });
}
