import type { Fault } from './world.ts';

/** What a scenario or `--fault` does to the world, past the platform. `kind` tells them apart. */
export type WorldAction =
  | Fault
  | { readonly kind: 'clear-faults' }
  /** The cloud takes spot nodes back, with its usual notice. */
  | { readonly kind: 'reclaim'; readonly nodes: number }
  /** The customer's own pipeline rolls a revision or a template out. */
  | {
      readonly kind: 'deploy';
      readonly deployment: string;
      readonly revision?: string;
      readonly chatTemplate?: string;
    }
  | { readonly kind: 'set-traffic'; readonly deployment: string; readonly requestsPerSecond: number };

export const WORLD_ACTION_KINDS = [
  'slow-nodes',
  'slow-quantization',
  'quality-drop',
  'bad-revision',
  'bad-template',
  'spot-price-move',
  'no-spot-capacity',
  'termination-protection',
  'stop-traffic',
  'clear-faults',
  'reclaim',
  'deploy',
  'set-traffic',
] as const satisfies readonly WorldAction['kind'][];
