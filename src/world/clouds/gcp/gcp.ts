import type { IdSource } from '../../../support/ids.ts';
import type { Cloud, CloudAccount, CloudInstance } from '../cloud.ts';
import { labelsOf, tagsOf } from './labels.ts';
import { asRefusal, type GcpInstance, type GcpStore } from './store.ts';

/** The customer's own administration of its project, from inside the cloud. */
export function createGcp(store: GcpStore, ids: IdSource): Cloud {
  return {
    openAccount: async (project, region) => {
      store.openProject(project);
      return createAccount(store, ids, project, region);
    },
    probe: async () => undefined,
  };
}

function createAccount(store: GcpStore, ids: IdSource, project: string, region: string): CloudAccount {
  const here = (): readonly GcpInstance[] =>
    store.list(project).filter(({ zone }) => zone.startsWith(`${region}-`));
  const named = (instanceIds: readonly string[]): readonly GcpInstance[] =>
    here().filter(({ name }) => instanceIds.includes(name));
  return {
    launchOnDemand: async ({ zone, instanceType, count, tags }) =>
      refusing('insert', () =>
        Array.from({ length: count }, () => {
          const name = ids('gcp').replaceAll('_', '-');
          store.insert({
            project,
            zone,
            name,
            machineType: instanceType,
            spot: false,
            labels: labelsOf(tags),
            deletionProtection: false,
          });
          return instanceOf(store.get(project, zone, name), region);
        }),
      ),
    describe: async () => here().map((instance) => instanceOf(instance, region)),
    terminate: async (instanceIds) =>
      refusing('delete', () => {
        for (const { zone, name } of named(instanceIds)) store.delete(project, zone, name);
      }),
    protect: async (instanceIds, on) => {
      for (const { zone, name } of named(instanceIds)) store.protect(project, zone, name, on);
    },
    close: () => undefined,
  };
}

/** An instance is known by its name, which is how its API addresses it. */
function instanceOf({ name, zone, machineType, spot, labels }: GcpInstance, region: string): CloudInstance {
  return {
    provider: 'gcp',
    region,
    instanceId: name,
    zone,
    instanceType: machineType,
    lifecycle: spot ? 'spot' : 'on_demand',
    state: 'running',
    tags: tagsOf(labels),
  };
}

function refusing<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw asRefusal(what, cause);
  }
}
