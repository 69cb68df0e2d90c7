import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ServiceVariable } from '../../contracts/environment.ts';
import type { PortName } from '../../contracts/ports.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { displayName, type ProcessContext, type ProcessDefinition, type ProcessName } from '../definition.ts';
import { environmentPaths } from '../state/paths.ts';
import { loadPackageBundle } from '../package-bundle.ts';
import { expectSuccess } from './http-probe.ts';
import { baseVariables, codeVariables } from './variables.ts';

interface ServiceOptions {
  readonly name: ProcessName;
  /** Path of its `main.ts` from the root. */
  readonly main: string;
  readonly after: readonly ProcessName[];
  readonly layer: 'core' | 'service';
  /** What it listens on beside the port of its name. */
  readonly furtherPorts?: readonly PortName[];
}

/** A service of ours: a Node process that serves `/health/ready` on its port. */
export function serviceDefinition(options: ServiceOptions): ProcessDefinition {
  const { name, main, after, layer } = options;
  return {
    name,
    ports: [name, ...(options.furtherPorts ?? [])],
    after,
    layer,
    stopSignal: 'SIGTERM',
    deadlineMs: 90_000,
    prepare: async ({ root }) => {
      if (!existsSync(join(root, main))) {
        throw new OptiInfraError('BINARY_MISSING', `${displayName(name)}: there is no ${main}`, {
          hint: 'Check out the whole repository, or leave the service out with `--only`.',
        });
      }
      await preparePackages(root);
    },
    command: (context) => ({
      file: nodeProgram(context.root),
      arguments: [...preloaded(context.root), join(context.root, main)],
      variables: {
        ...baseVariables(context),
        ...codeVariables(context),
        ...serviceVariables(context, name),
      },
      workingDirectory: context.root,
    }),
    loadClient: async () => undefined,
    probe: async ({ descriptor }, signal) => {
      const body = await expectSuccess(`http://127.0.0.1:${descriptor.ports[name]}/health/ready`, signal);
      return describeReadiness(body);
    },
  };
}

/** By root: the module that leads imports to the bundled packages, found once for all services of a launcher. */
const preloads = new Map<string, string>();
const searches = new Map<string, Promise<string>>();

async function preparePackages(root: string): Promise<void> {
  const search = searches.get(root) ?? loadPackageBundle(root);
  searches.set(root, search);
  preloads.set(root, await search);
}

/** A service that nobody prepared for runs all the same, only slower. */
function preloaded(root: string): string[] {
  const module = preloads.get(root);
  return module === undefined ? [] : ['--import', pathToFileURL(module).href];
}

/** The pinned Node of the project; the one that runs us where the platform has no pinned one. */
export function nodeProgram(root: string): string {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  return existsSync(pinned) ? realpathSync(pinned) : process.execPath;
}

function describeReadiness(body: string): string {
  const { dependencies } = JSON.parse(body) as { dependencies?: readonly { name: string }[] };
  if (dependencies === undefined || dependencies.length === 0) return 'ready';
  return `ready with ${dependencies.map(({ name }) => name).join(', ')}`;
}

/** Every variable that a service may read; the type makes sure that none is forgotten. */
export function serviceVariables(
  context: ProcessContext,
  name: ProcessName,
): Record<ServiceVariable, string> {
  const { descriptor, secrets, root } = context;
  const { urls, ports } = descriptor;
  const databaseUrl = (role: string, password: string): string =>
    `postgres://${role}:${encodeURIComponent(password)}@${urls.postgresHost}:${ports.postgres}/optiinfra`;
  return {
    OPTIINFRA_ANCHOR: JSON.stringify(descriptor.anchor),
    OPTIINFRA_PORT: String(ports[name]),
    OPTIINFRA_POSTGRES_URL: databaseUrl('optiinfra_app', secrets.postgresAppPassword),
    OPTIINFRA_POSTGRES_OWNER_URL: databaseUrl('optiinfra_owner', secrets.postgresOwnerPassword),
    OPTIINFRA_CLICKHOUSE_URL: urls.clickhouse,
    OPTIINFRA_REDIS_URL: urls.redis,
    OPTIINFRA_QDRANT_URL: urls.qdrant,
    OPTIINFRA_AWS_ENDPOINT: urls.awsEdge,
    OPTIINFRA_AWS_SIMULATOR: urls.aws,
    OPTIINFRA_GCP_ENDPOINT: urls.gcp,
    OPTIINFRA_MARKET_URL: urls.world,
    OPTIINFRA_TEMPORAL_ADDRESS: urls.temporalAddress,
    OPTIINFRA_ORCHESTRATOR_URL: urls.orchestrator,
    OPTIINFRA_EXECUTOR_URL: urls.executor,
    OPTIINFRA_AGENT_KEY: secrets.agentKey,
    OPTIINFRA_SERVICE_KEY: secrets.serviceKey,
    OPTIINFRA_SEALING_KEY: secrets.sealingKey,
    OPTIINFRA_TOKEN_KEY: secrets.tokenKey,
    OPTIINFRA_ADMIN_EMAIL: secrets.adminEmail,
    OPTIINFRA_ADMIN_PASSWORD: secrets.adminPassword,
    OPTIINFRA_COLD_START: descriptor.coldStart,
    OPTIINFRA_ENVIRONMENT_FILE: environmentPaths(root, descriptor.name).descriptorFile,
  };
}
