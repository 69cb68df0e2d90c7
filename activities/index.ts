import type { HarnessActivities } from '../src/contracts/activities.ts';
import { createAnalysisActivities } from './analysis.ts';
import { createApprovalActivities } from './approval.ts';
import { createAuditActivities } from './audit.ts';
import { createBaselineActivities } from './baseline.ts';
import { translatingErrors, type ActivityDependencies } from './context.ts';
import { createCoordinationActivities } from './coordination.ts';
import { createExecutionActivities } from './execution.ts';
import { createFleetActivities } from './fleet.ts';
import { createFixtureActivities } from './fixture.ts';
import { createLearningActivities } from './learning.ts';
import { createOutcomeActivities } from './outcome.ts';
import { createPartialRollbackActivities } from './partial-rollback.ts';
import { createDeadlockActivities } from './deadlock.ts';
import { createQualityActivities } from './quality.ts';
import { createPlacementActivities } from './placement.ts';
import { createReportActivities } from './report.ts';
import { createSpotActivities } from './spot.ts';
import { createJourneyActivities } from './journey.ts';
import { createOnboardingActivities } from './onboarding.ts';
import { createSuiteActivities } from './suite.ts';
import { createStateActivities } from './state.ts';
import { createTuningActivities } from './tuning.ts';
import { createWindowActivities } from './window.ts';

/** Every activity of the harness, by the name workflows call it. */
export function createActivities(dependencies: ActivityDependencies): HarnessActivities {
  return translatingErrors<HarnessActivities>({
    ...createFixtureActivities(dependencies),
    ...createBaselineActivities(dependencies),
    ...createAnalysisActivities(dependencies),
    ...createApprovalActivities(dependencies),
    ...createExecutionActivities(dependencies),
    ...createStateActivities(dependencies),
    ...createAuditActivities(dependencies),
    ...createWindowActivities(dependencies),
    ...createOutcomeActivities(dependencies),
    ...createPartialRollbackActivities(dependencies),
    ...createDeadlockActivities(dependencies),
    ...createFleetActivities(dependencies),
    ...createPlacementActivities(dependencies),
    ...createCoordinationActivities(dependencies),
    ...createTuningActivities(dependencies),
    ...createLearningActivities(dependencies),
    ...createSpotActivities(dependencies),
    ...createOnboardingActivities(dependencies),
    ...createJourneyActivities(dependencies),
    ...createQualityActivities(dependencies),
    ...createReportActivities(dependencies),
    ...createSuiteActivities(dependencies),
  } satisfies HarnessActivities);
}
