import type { HarnessActivities } from '../src/contracts/activities.ts';
import { createAnalysisActivities } from './analysis.ts';
import { createApprovalActivities } from './approval.ts';
import { createBaselineActivities } from './baseline.ts';
import { translatingErrors, type ActivityDependencies } from './context.ts';
import { createExecutionActivities } from './execution.ts';
import { createFixtureActivities } from './fixture.ts';
import { createLearningActivities } from './learning.ts';
import { createOutcomeActivities } from './outcome.ts';
import { createReportActivities } from './report.ts';

/** Every activity of the harness, by the name workflows call it. */
export function createActivities(dependencies: ActivityDependencies): HarnessActivities {
  return translatingErrors<HarnessActivities>({
    ...createFixtureActivities(dependencies),
    ...createBaselineActivities(dependencies),
    ...createAnalysisActivities(dependencies),
    ...createApprovalActivities(dependencies),
    ...createExecutionActivities(dependencies),
    ...createOutcomeActivities(dependencies),
    ...createLearningActivities(dependencies),
    ...createReportActivities(dependencies),
  } satisfies HarnessActivities);
}
