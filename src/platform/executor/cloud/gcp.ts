import type { InstancesClient, ZoneOperationsClient, protos } from '@google-cloud/compute';

import { OptiInfraError } from '../../../support/errors.ts';
import type { CloudDoor } from '../contract.ts';
import type { OpenCloud } from './access.ts';
import type { Cloud, CloudInstance, InstanceState, LaunchRequest } from './cloud.ts';
import { statusOf, translateGcpError, translateGcpOperation } from './gcp-errors.ts';
import { labelValue, labelsOf, labelKey, tagsOf } from './gcp-labels.ts';

export interface GcpOptions {
  /** Where Compute Engine and the IAM Credentials API answer. */
  readonly endpoint: string;
  readonly wallMs: () => number;
}
type Resource = protos.google.cloud.compute.v1.IInstance;
interface Clients {
  readonly instances: InstancesClient;
  readonly operations: ZoneOperationsClient;
}

const SCOPE = 'https://www.googleapis.com/auth/compute';
const HOUR_MS = 3_600_000;
/** The rollout tries again by itself, and says so; the client would do it silently for minutes. */
const CALL = { timeout: 10_000, maxRetries: 0, retry: { retryCodes: [] }, autoPaginate: false };

/** A GCP project, entered as the customer's service account; its tokens are short-lived and renewed when due. */
export function openGcp(options: GcpOptions): OpenCloud {
  return async (door) => createGcpCloud(await connect(door, options), door);
}

async function connect({ serviceAccount }: CloudDoor, { endpoint, wallMs }: GcpOptions): Promise<Clients> {
  if (serviceAccount === null) {
    throw new OptiInfraError('CLOUD_REFUSED', 'no service account lets us into this GCP project');
  }
  // The SDK takes a second to load, so it is loaded when the first rollout needs it.
  const [{ InstancesClient: Instances, ZoneOperationsClient: Operations }, auth] = await Promise.all([
    import('@google-cloud/compute'),
    import('google-auth-library'),
  ]);
  // The platform's own identity: the usual variable, or one that GCP itself refuses and a simulator accepts.
  const sourceClient = new auth.OAuth2Client();
  sourceClient.setCredentials({
    access_token: process.env['GOOGLE_OAUTH_ACCESS_TOKEN'] ?? 'optiinfra',
    expiry_date: wallMs() + HOUR_MS,
  });
  const authClient = new auth.Impersonated({
    sourceClient,
    targetPrincipal: serviceAccount,
    targetScopes: [SCOPE],
    endpoint,
  });
  const url = new URL(endpoint);
  const client = {
    apiEndpoint: url.hostname,
    port: Number(url.port === '' ? 443 : url.port),
    protocol: url.protocol.replace(':', ''),
    authClient: authClient as never,
  };
  return { instances: new Instances(client), operations: new Operations(client) };
}

function createGcpCloud(clients: Clients, { account_id: project, region }: CloudDoor): Cloud {
  const list = (filter?: string): Promise<readonly CloudInstance[]> =>
    translated('instances.aggregatedList', async () => {
      const found: CloudInstance[] = [];
      const request = { project, ...(filter === undefined ? {} : { filter }) };
      for await (const [scope, { instances }] of clients.instances.aggregatedListAsync(request, CALL)) {
        if (!scope.startsWith(`zones/${region}-`)) continue;
        found.push(...(instances ?? []).map(toInstance));
      }
      return found;
    });
  const describe = async (ids: readonly string[]): Promise<readonly CloudInstance[]> =>
    ids.length === 0 ? [] : (await list()).filter(({ instanceId }) => ids.includes(instanceId));
  return {
    launch: (request) => launch(clients, project, request, describe),
    describe,
    findByTag: (tag, value) => list(`labels.${labelKey(tag)}=${labelValue(value)}`),
    listBilled: async () => (await list()).filter(({ state }) => state === 'pending' || state === 'running'),
    terminate: async (ids) => {
      for (const { instanceId: instance, zone } of await describe(ids)) {
        await translated('instances.delete', async () => {
          const started = await clients.instances
            .delete({ project, zone, instance }, CALL)
            .catch(goneAlready);
          if (started === null) return;
          await finished(clients, project, zone, 'instances.delete', started[0].latestResponse);
        });
      }
    },
  };
}

function goneAlready(error: unknown): null {
  if (statusOf(error) === 404) return null;
  throw error;
}

/** The name makes it one: a second insert of the same name finds the first. */
async function launch(
  clients: Clients,
  project: string,
  request: LaunchRequest,
  describe: Cloud['describe'],
): Promise<CloudInstance> {
  const { zone } = request;
  const name = nameOf(request.clientToken);
  const [existing] = await describe([name]);
  if (existing !== undefined) return existing;
  await translated('instances.insert', async () => {
    const instanceResource = resourceOf(name, request, project);
    const [started] = await clients.instances.insert({ project, zone, instanceResource }, CALL);
    await finished(clients, project, zone, 'instances.insert', started.latestResponse);
  });
  const [made] = await describe([name]);
  if (made === undefined) throw new OptiInfraError('CLOUD_REFUSED', `GCP shows no instance ${name}`);
  return made;
}

function resourceOf(name: string, request: LaunchRequest, project: string): Resource {
  return {
    name,
    machineType: `zones/${request.zone}/machineTypes/${request.instanceType}`,
    labels: labelsOf(request.tags),
    // The customer keeps the serving image of each project in this family, as the installation asks.
    disks: [
      {
        boot: true,
        autoDelete: true,
        initializeParams: { sourceImage: `projects/${project}/global/images/family/optiinfra-serving` },
      },
    ],
    networkInterfaces: [{ network: 'global/networks/default' }],
    scheduling:
      request.lifecycle === 'spot'
        ? {
            provisioningModel: 'SPOT',
            instanceTerminationAction: 'DELETE',
            automaticRestart: false,
            onHostMaintenance: 'TERMINATE',
          }
        : { provisioningModel: 'STANDARD', onHostMaintenance: 'TERMINATE' },
  };
}

/** Names are at most 63 small letters, digits and hyphens, and begin with a letter. */
function nameOf(token: string): string {
  return `oi-${token.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 63).replace(/-+$/, '');
}

async function finished(
  { operations }: Clients,
  project: string,
  zone: string,
  action: string,
  started: unknown,
): Promise<void> {
  const { name: operation } = started as { name?: string };
  if (operation === undefined) throw new OptiInfraError('CLOUD_REFUSED', `GCP ${action} gave no operation`);
  for (;;) {
    // Waits up to two minutes in the cloud, then answers with the state as it is.
    const [seen] = await operations.wait({ project, zone, operation });
    if (seen.status === 'DONE') {
      const [error] = seen.error?.errors ?? [];
      if (error !== undefined) throw translateGcpOperation(action, error);
      return;
    }
  }
}

const STATES: Readonly<Record<string, InstanceState>> = {
  PROVISIONING: 'pending',
  STAGING: 'pending',
  RUNNING: 'running',
  STOPPING: 'shutting-down',
  SUSPENDING: 'stopping',
  SUSPENDED: 'stopped',
  TERMINATED: 'stopped',
};

function toInstance(resource: Resource): CloudInstance {
  const { name, machineType, zone, status } = resource;
  const state = STATES[String(status)];
  if (typeof name !== 'string' || state === undefined) {
    throw new OptiInfraError(
      'CLOUD_REFUSED',
      `GCP described an instance without a name or in state ${String(status)}`,
    );
  }
  return {
    instanceId: name,
    instanceType: lastPart(machineType),
    zone: lastPart(zone),
    lifecycle: resource.scheduling?.provisioningModel === 'SPOT' ? 'spot' : 'on_demand',
    state,
    tags: tagsOf(resource.labels ?? {}),
  };
}

function lastPart(url: string | null | undefined): string {
  if (typeof url !== 'string') throw new OptiInfraError('CLOUD_REFUSED', 'GCP left out a type or a zone');
  return url.slice(url.lastIndexOf('/') + 1);
}

async function translated<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateGcpError(action, error);
  }
}
