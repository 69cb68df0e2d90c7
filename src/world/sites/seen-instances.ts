import type { CloudInstance } from '../clouds/cloud.ts';

/** An instance as the cloud shows it, and since when it is known. */
export interface SeenInstance {
  readonly instance: CloudInstance;
  readonly launchedAtMs: number;
}

/** Every live instance of a site's accounts, whether it serves or not. */
export class SeenInstances {
  readonly #seen = new Map<string, SeenInstance>();

  get all(): readonly SeenInstance[] {
    return [...this.#seen.values()];
  }

  /** Takes the clouds' present list for true; answers whether anything else than tags changed, and who is absent now. */
  follow(
    instances: readonly CloudInstance[],
    nowMs: number,
  ): { readonly changed: boolean; readonly absent: readonly string[] } {
    let changed = false;
    for (const instance of instances) {
      const before = this.#seen.get(instance.instanceId);
      changed ||= before === undefined || before.instance.state !== instance.state;
      this.#seen.set(instance.instanceId, { instance, launchedAtMs: before?.launchedAtMs ?? nowMs });
    }
    const present = new Set(instances.map(({ instanceId }) => instanceId));
    const absent = [...this.#seen.keys()].filter((instanceId) => !present.has(instanceId));
    for (const instanceId of absent) this.#seen.delete(instanceId);
    return { changed: changed || absent.length > 0, absent };
  }

  /** The instance is no more, whatever a list still says. */
  forget(instanceId: string): void {
    this.#seen.delete(instanceId);
  }
}
