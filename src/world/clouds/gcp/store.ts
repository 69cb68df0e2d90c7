import { OptiInfraError } from '../../../support/errors.ts';
import type { IdSource } from '../../../support/ids.ts';
import { GcpError } from './errors.ts';

/** A virtual machine as a project holds it. */
export interface GcpInstance {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
  /** Decimal, as the API shows it. */
  readonly id: string;
  readonly machineType: string;
  readonly spot: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly deletionProtection: boolean;
}
export type GcpInstanceRequest = Omit<GcpInstance, 'id' | 'createdAtMs'>;

/** A call that the API finished before it answered; kept so that it can be asked for and waited for. */
export interface GcpOperation {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
  readonly id: string;
  readonly type: 'insert' | 'delete';
  readonly target: string;
  readonly targetId: string;
  readonly atMs: number;
  /** What the operation ended with, as `error.errors[0]`; null when it succeeded. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface GcpStoreOptions {
  readonly ids: IdSource;
  readonly worldMs: () => number;
  /** Whether the cloud has a spot machine for this project in this zone. */
  readonly hasSpotCapacity: (project: string, zone: string) => boolean;
}

const MACHINE_TYPES = ['a2-highgpu-8g', 'a2-ultragpu-8g', 'a3-highgpu-8g'];
/** Names of resources: RFC 1035 (Compute Engine documentation, naming conventions). */
const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_KEY = /^[a-z][-_a-z0-9]{0,62}$/;
const LABEL_VALUE = /^[-_a-z0-9]{0,63}$/;

/** Compute Engine in memory: instances and operations by project. Projects exist once somebody opened them. */
export class GcpStore {
  readonly #options: GcpStoreOptions;
  readonly #projects = new Map<string, Map<string, GcpInstance>>();
  readonly #operations = new Map<string, GcpOperation>();
  /** A retried call with the same `requestId` is the same call. */
  readonly #byRequestId = new Map<string, GcpOperation>();
  #count = 0;

  constructor(options: GcpStoreOptions) {
    this.#options = options;
  }

  openProject(project: string): void {
    if (!this.#projects.has(project)) this.#projects.set(project, new Map());
  }

  hasProject(project: string): boolean {
    return this.#projects.has(project);
  }

  insert(request: GcpInstanceRequest, requestId?: string): GcpOperation {
    const { project, zone, name } = request;
    return this.#once(project, requestId, () => {
      const instances = this.#instancesOf(project);
      check(request);
      if (instances.has(keyOf(zone, name))) {
        throw new GcpError(409, 'alreadyExists', `The resource '${pathOf(request)}' already exists`);
      }
      if (request.spot && !this.#options.hasSpotCapacity(project, zone)) {
        const message = `The zone 'projects/${project}/zones/${zone}' does not have enough resources available to fulfill the request.`;
        return this.#operation('insert', request, this.#nextId(), {
          code: 'ZONE_RESOURCE_POOL_EXHAUSTED',
          message,
        });
      }
      const instance = { ...request, id: this.#nextId(), createdAtMs: this.#options.worldMs() };
      instances.set(keyOf(zone, name), instance);
      return this.#operation('insert', request, instance.id, null);
    });
  }

  delete(project: string, zone: string, name: string, requestId?: string): GcpOperation {
    return this.#once(project, requestId, () => {
      const instance = this.get(project, zone, name);
      if (instance.deletionProtection) {
        const message = `Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion. ${pathOf(instance)}'.`;
        throw new GcpError(400, 'invalidResourceUsage', message);
      }
      this.#instancesOf(project).delete(keyOf(zone, name));
      return this.#operation('delete', instance, instance.id, null);
    });
  }

  get(project: string, zone: string, name: string): GcpInstance {
    const instance = this.#instancesOf(project).get(keyOf(zone, name));
    if (instance !== undefined) return instance;
    throw new GcpError(404, 'notFound', `The resource '${pathOf({ project, zone, name })}' was not found`);
  }

  list(project: string): readonly GcpInstance[] {
    return [...this.#instancesOf(project).values()];
  }

  protect(project: string, zone: string, name: string, on: boolean): void {
    const instance = this.get(project, zone, name);
    this.#instancesOf(project).set(keyOf(zone, name), { ...instance, deletionProtection: on });
  }

  operation(project: string, name: string): GcpOperation {
    const operation = this.#operations.get(name);
    if (operation?.project === project) return operation;
    throw new GcpError(
      404,
      'notFound',
      `The resource 'projects/${project}/operations/${name}' was not found`,
    );
  }

  #instancesOf(project: string): Map<string, GcpInstance> {
    const instances = this.#projects.get(project);
    if (instances !== undefined) return instances;
    throw new GcpError(404, 'notFound', `The resource 'projects/${project}' was not found`);
  }

  #once(project: string, requestId: string | undefined, act: () => GcpOperation): GcpOperation {
    const key = requestId === undefined ? undefined : `${project}/${requestId}`;
    const known = key === undefined ? undefined : this.#byRequestId.get(key);
    if (known !== undefined) return known;
    const operation = act();
    if (key !== undefined) this.#byRequestId.set(key, operation);
    return operation;
  }

  #operation(
    type: GcpOperation['type'],
    target: { readonly project: string; readonly zone: string; readonly name: string },
    targetId: string,
    error: GcpOperation['error'],
  ): GcpOperation {
    const { project, zone } = target;
    const operation: GcpOperation = {
      project,
      zone,
      name: this.#options.ids('gcp').replaceAll('_', '-'),
      id: this.#nextId(),
      type,
      target: pathOf(target),
      targetId,
      atMs: this.#options.worldMs(),
      error,
    };
    this.#operations.set(operation.name, operation);
    return operation;
  }

  /** Ids are 64-bit numbers; these count up, which no caller may rely on. */
  #nextId(): string {
    this.#count += 1;
    return String(4_000_000_000_000_000_000n + BigInt(this.#count));
  }
}

function check({ name, machineType, labels }: Pick<GcpInstance, 'name' | 'machineType' | 'labels'>): void {
  if (!NAME.test(name)) throw invalid('resource.name', name);
  if (!MACHINE_TYPES.includes(machineType)) throw invalid('resource.machineType', machineType);
  for (const [key, value] of Object.entries(labels)) {
    if (!LABEL_KEY.test(key)) throw invalid('resource.labels', key);
    if (!LABEL_VALUE.test(value)) throw invalid(`resource.labels.${key}`, value);
  }
}

function invalid(field: string, value: string): GcpError {
  return new GcpError(400, 'invalid', `Invalid value for field '${field}': '${value}'.`);
}

function keyOf(zone: string, name: string): string {
  return `${zone}/${name}`;
}

export function pathOf(one: {
  readonly project: string;
  readonly zone: string;
  readonly name: string;
}): string {
  return `projects/${one.project}/zones/${one.zone}/instances/${one.name}`;
}

/** What the store refuses, as the world's own code sees it. */
export function asRefusal(what: string, cause: unknown): OptiInfraError {
  return new OptiInfraError('CLOUD_REFUSED', `GCP did not ${what}`, { cause });
}
