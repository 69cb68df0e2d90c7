import type { Lifecycle } from '../../../contracts/api/common.ts';

interface Before {
  readonly instance_id: string;
  readonly lifecycle: Lifecycle;
  readonly state: string;
  readonly deployment: string | null;
  readonly interruption_at: Date | null;
}
interface Now {
  readonly instance_id: string;
  readonly state: string;
  readonly deployment: string | null;
  readonly interruption_at_ms: number | null;
}

/** A spot node that the cloud takes back: announced while it still runs, or gone without a word. */
export interface Loss {
  readonly instanceId: string;
  readonly deployment: string;
  readonly kind: 'announced' | 'gone';
  /** The inventory before told of the announcement: then the cloud took it, nobody else. */
  readonly announcedBefore: boolean;
}

const ALIVE = new Set(['pending', 'running']);

/** Which spot nodes of deployments are lost, by two inventories. One that was announced is named again when it has gone. */
export function spotLosses(before: readonly Before[], now: readonly Now[]): readonly Loss[] {
  const present = new Map(now.map((instance) => [instance.instance_id, instance]));
  const earlier = before.filter(({ lifecycle, state }) => lifecycle === 'spot' && ALIVE.has(state));
  return earlier.flatMap<Loss>(
    ({ instance_id: instanceId, deployment: earlierDeployment, interruption_at }) => {
      const current = present.get(instanceId);
      const deployment = earlierDeployment ?? current?.deployment ?? null;
      if (deployment === null) return [];
      const announcedBefore = interruption_at !== null;
      if (current === undefined || !ALIVE.has(current.state)) {
        return [{ instanceId, deployment, kind: 'gone', announcedBefore }];
      }
      const announced = current.interruption_at_ms !== null && !announcedBefore;
      return announced ? [{ instanceId, deployment, kind: 'announced', announcedBefore }] : [];
    },
  );
}
