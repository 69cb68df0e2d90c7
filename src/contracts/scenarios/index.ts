import {
  CONFLICT_RESOLUTION,
  MULTI_AGENT_COORDINATION,
  PRIORITY_RESOLUTION,
  SEQUENTIAL_AND_PARALLEL,
} from './coordination.ts';
import type { ScenarioDefinition } from './definition.ts';
import { PERFORMANCE_OPTIMIZATION, PERFORMANCE_ROLLBACK, QUANTIZATION } from './performance.ts';
import { BASELINE_ESTABLISHMENT, HARMLESS_CHANGE, QUALITY_VALIDATION } from './quality.ts';
import { ROLLBACK, SPOT_NO_CAPACITY, SPOT_ROLLBACK } from './rollbacks.ts';
import { CROSS_CLOUD_OPTIMIZATION, DATA_TRANSFER } from './cross-cloud-optimization.ts';
import { IDLE_DETECTION, RIGHTSIZING } from './scale-in.ts';
import { CUSTOMER_JOURNEY, ONBOARDING_AWS, ONBOARDING_GCP } from './onboarding.ts';
import { RETURN_TO_SPOT } from './return-to-spot.ts';
import { SPOT_INTERRUPTION } from './spot-interruption.ts';
import { SPOT_MIGRATION } from './spot-migration.ts';
import { DEADLOCK_PREVENTION } from './deadlock-prevention.ts';
import { PARTIAL_ROLLBACK } from './partial-rollback.ts';

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
export { PERFORMANCE_OPTIMIZATION, PERFORMANCE_ROLLBACK, QUANTIZATION } from './performance.ts';
export { BASELINE_ESTABLISHMENT, HARMLESS_CHANGE, QUALITY_VALIDATION } from './quality.ts';
export { ROLLBACK, SPOT_NO_CAPACITY, SPOT_ROLLBACK } from './rollbacks.ts';
export { CROSS_CLOUD_OPTIMIZATION, DATA_TRANSFER } from './cross-cloud-optimization.ts';
export { IDLE_DETECTION, RIGHTSIZING } from './scale-in.ts';
export { CUSTOMER_JOURNEY, ONBOARDING_AWS, ONBOARDING_GCP } from './onboarding.ts';
export { RETURN_TO_SPOT } from './return-to-spot.ts';
export { INTERRUPTION_ARROWS, SPOT_INTERRUPTION } from './spot-interruption.ts';
export { SPOT_MIGRATION } from './spot-migration.ts';
export { DEADLOCK_PREVENTION } from './deadlock-prevention.ts';
export { PARTIAL_ROLLBACK } from './partial-rollback.ts';

/** Every scenario there is, in the order in which people meet them. */
export const SCENARIOS: readonly ScenarioDefinition[] = [
  SPOT_MIGRATION,
  SPOT_INTERRUPTION,
  RETURN_TO_SPOT,
  SPOT_NO_CAPACITY,
  SPOT_ROLLBACK,
  ROLLBACK,
  DEADLOCK_PREVENTION,
  PARTIAL_ROLLBACK,
  CUSTOMER_JOURNEY,
  ONBOARDING_AWS,
  ONBOARDING_GCP,
  MULTI_AGENT_COORDINATION,
  PRIORITY_RESOLUTION,
  SEQUENTIAL_AND_PARALLEL,
  CONFLICT_RESOLUTION,
  PERFORMANCE_OPTIMIZATION,
  QUANTIZATION,
  PERFORMANCE_ROLLBACK,
  CROSS_CLOUD_OPTIMIZATION,
  DATA_TRANSFER,
  RIGHTSIZING,
  IDLE_DETECTION,
  QUALITY_VALIDATION,
  HARMLESS_CHANGE,
  BASELINE_ESTABLISHMENT,
];
