import { DEFAULT_PORTS } from '../contracts/ports.ts';
import type { ProcessName } from './definition.ts';

export { displayName, type ProcessName } from './definition.ts';

/** Every process, without the weight of what starts it: for the command's help. */
export const PROCESS_NAMES: readonly ProcessName[] = Object.keys(DEFAULT_PORTS).filter(
  (name): name is ProcessName => !['temporalUi', 'awsEdge', 'gcp'].includes(name),
);
