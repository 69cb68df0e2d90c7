import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import { originalWeights, totalOf, type Weights } from '../policy/weights.ts';
import type { MadeNode, NodeGroup, Snapshot } from '../contract.ts';

/** A node this rollout made, for a slot. When it is lost the slot gets another. */
export interface Made {
  readonly group: NodeGroup;
  readonly slot: number;
  attempt: number;
  node: MadeNode;
}
export interface Replaced {
  readonly lost_instance_id: string;
  readonly by_instance_id: string;
  readonly zone: string;
  readonly lifecycle: MadeNode['lifecycle'];
}

/**
 * The deployment's nodes as the rollout goes on. Stages and ways back are written down with the ids of their time; here
 * stands who has taken the place of a node that is gone since.
 */
export class Fleet {
  /** Weights last set, by the ids of that time. */
  weights: Weights;
  readonly made: Made[] = [];
  readonly replaced: Replaced[] = [];
  /** Nodes of the old fleet that this rollout has terminated. */
  readonly terminated: string[] = [];
  /** What new nodes must run, once a part of the plan has changed it. */
  configuration: EngineConfiguration | null = null;
  private ids: readonly string[];
  private readonly originalIds: readonly string[];
  private readonly heirs = new Map<string, string>();
  private readonly successors = new Map<string, string | null>();

  constructor({ instances, requestsByInstance }: Snapshot) {
    this.originalIds = instances.map(({ instanceId }) => instanceId);
    this.ids = this.originalIds;
    this.weights = originalWeights(this.ids, requestsByInstance);
  }

  /** Nodes that belong to the deployment now. */
  get members(): readonly string[] {
    return this.nowAll(this.ids);
  }

  join(ids: readonly string[]): void {
    this.ids = [...this.ids, ...ids.filter((id) => !this.ids.includes(id))];
  }
  leave(ids: readonly string[]): void {
    this.ids = this.ids.filter((id) => !ids.includes(id));
  }

  /** `by` null: nothing takes its place. */
  succeed(gone: string, by: string | null): void {
    if (gone !== by) this.successors.set(gone, by);
  }

  /** Who shall follow this node if it goes. */
  promise(id: string, heir: string): void {
    this.heirs.set(id, heir);
  }
  /** The node is gone: its heir takes its place, or nobody. */
  lose(id: string): void {
    if (!this.successors.has(id)) this.succeed(id, this.heirs.get(id) ?? null);
  }
  /** All nodes that were the deployment's at any time of this rollout. */
  get known(): readonly string[] {
    return [...this.originalIds, ...this.made.map(({ node }) => node.instanceId)];
  }

  /** Who stands in the place of this node now; null when nobody does. */
  now(id: string): string | null {
    const successor = this.successors.get(id);
    return successor === undefined ? id : successor === null ? null : this.now(successor);
  }
  nowAll(ids: readonly string[]): readonly string[] {
    return ids.flatMap((id) => this.now(id) ?? []);
  }

  /** Weights for the nodes that are there; null when they would leave none with traffic. */
  translate(weights: Weights): Weights | null {
    const now: Record<string, number> = {};
    for (const [id, weight] of Object.entries(weights)) {
      const successor = this.now(id);
      if (successor !== null) now[successor] = (now[successor] ?? 0) + weight;
    }
    return totalOf(now) > 0 ? now : null;
  }
}
