import {
  CONFLICT_RESOLUTION,
  MULTI_AGENT_COORDINATION,
  PRIORITY_RESOLUTION,
  SEQUENTIAL_AND_PARALLEL,
} from './coordination.ts';
import type { ScenarioDefinition } from './definition.ts';
import { ROLLBACK, SPOT_NO_CAPACITY, SPOT_ROLLBACK } from './rollbacks.ts';
import { IDLE_DETECTION, RIGHTSIZING } from './scale-in.ts';
import { SPOT_INTERRUPTION } from './spot-interruption.ts';
import { SPOT_MIGRATION } from './spot-migration.ts';

export {
  CONFLICT_RESOLUTION,
  MULTI_AGENT_COORDINATION,
  PRIORITY_RESOLUTION,
  SEQUENTIAL_AND_PARALLEL,
} from './coordination.ts';
export {
  APPROVAL_DEADLINE_MS,
  settingOf,
  type ScenarioDefinition,
  type ScenarioRequirements,
  type ScenarioSetting,
} from './definition.ts';
export { ROLLBACK, SPOT_NO_CAPACITY, SPOT_ROLLBACK } from './rollbacks.ts';
export { IDLE_DETECTION, RIGHTSIZING } from './scale-in.ts';
export { INTERRUPTION_ARROWS, SPOT_INTERRUPTION } from './spot-interruption.ts';
export { SPOT_MIGRATION } from './spot-migration.ts';

/** Every scenario there is, in the order in which people meet them. */
export const SCENARIOS: readonly ScenarioDefinition[] = [
  SPOT_MIGRATION,
  SPOT_INTERRUPTION,
  SPOT_NO_CAPACITY,
  SPOT_ROLLBACK,
  ROLLBACK,
  MULTI_AGENT_COORDINATION,
  PRIORITY_RESOLUTION,
  SEQUENTIAL_AND_PARALLEL,
  CONFLICT_RESOLUTION,
  RIGHTSIZING,
  IDLE_DETECTION,
];
