import type { WorldAction } from '../src/contracts/world-actions.ts';
import type { WorldClient } from '../src/fixtures/index.ts';

/** Does it; returns what it struck, where the world says so. */
export async function takeAction(
  world: WorldClient,
  siteId: string,
  action: WorldAction,
): Promise<readonly string[]> {
  switch (action.kind) {
    case 'clear-faults':
      await world.clearFaults(siteId);
      return [];
    case 'reclaim': {
      const reclaimed = await world.reclaim(siteId, { nodes: action.nodes });
      return reclaimed.map(({ instanceId }) => instanceId);
    }
    case 'deploy': {
      const { kind: _kind, ...request } = action;
      await world.deploy(siteId, request);
      return [action.deployment];
    }
    case 'set-traffic': {
      const { kind: _kind, ...request } = action;
      await world.setTraffic(siteId, request);
      return [action.deployment];
    }
    case 'slow-nodes':
    case 'slow-quantization':
    case 'quality-drop':
    case 'bad-revision':
    case 'bad-template':
    case 'spot-price-move':
    case 'no-spot-capacity':
    case 'termination-protection':
    case 'stop-traffic':
      await world.inject(siteId, action);
      return [];
  }
}
