import type { Gate } from '../../contracts/runs.ts';
import {
  conflictResolutionGates,
  multiAgentCoordinationGates,
  priorityResolutionGates,
  sequentialAndParallelGates,
} from './coordination.ts';
import { performanceOptimizationGates, performanceRollbackGates, quantizationGates } from './performance.ts';
import { baselineEstablishmentGates, harmlessChangeGates, qualityValidationGates } from './quality.ts';
import { customerJourneyGates } from './customer-journey.ts';
import { onboardingAwsGates } from './onboarding-aws.ts';
import { onboardingGcpGates } from './onboarding-gcp.ts';
import { returnToSpotGates } from './return-to-spot.ts';
import { rollbackGates, spotNoCapacityGates, spotRollbackGates } from './rollbacks.ts';
import { crossCloudOptimizationGates, dataTransferGates } from './cross-cloud-optimization.ts';
import { idleDetectionGates, rightsizingGates } from './scale-in.ts';
import { spotInterruptionGates } from './spot-interruption.ts';
import { spotMigrationGates } from './spot-migration.ts';
import { deadlockPreventionGates } from './deadlock-prevention.ts';
import { partialRollbackGates } from './partial-rollback.ts';

/** The gates of a scenario, by phase. */
export type ScenarioGates = Readonly<Record<string, readonly Gate[]>>;

/** By scenario name; a test holds that each scenario is here with each of its phases, and that each gate can be red. */
export const GATES: Readonly<Record<string, ScenarioGates>> = {
  'spot-migration': spotMigrationGates,
  'spot-interruption': spotInterruptionGates,
  'return-to-spot': returnToSpotGates,
  'spot-no-capacity': spotNoCapacityGates,
  'spot-rollback': spotRollbackGates,
  rollback: rollbackGates,
  'deadlock-prevention': deadlockPreventionGates,
  'partial-rollback': partialRollbackGates,
  'customer-journey': customerJourneyGates,
  'onboarding-aws': onboardingAwsGates,
  'onboarding-gcp': onboardingGcpGates,
  'multi-agent-coordination': multiAgentCoordinationGates,
  'priority-resolution': priorityResolutionGates,
  'sequential-and-parallel': sequentialAndParallelGates,
  'conflict-resolution': conflictResolutionGates,
  'performance-optimization': performanceOptimizationGates,
  quantization: quantizationGates,
  'performance-rollback': performanceRollbackGates,
  'cross-cloud-optimization': crossCloudOptimizationGates,
  'data-transfer': dataTransferGates,
  rightsizing: rightsizingGates,
  'idle-detection': idleDetectionGates,
  'quality-validation': qualityValidationGates,
  'harmless-change': harmlessChangeGates,
  'baseline-establishment': baselineEstablishmentGates,
};
