import type { CoordinationActivities } from '../src/contracts/coordination-activities.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { analyseTogether, awaitOpinions } from './proposals.ts';
import { compareWithExecuted } from './replan.ts';
import { executeResolution, readAcknowledgements } from './resolution-execution.ts';
import { resolveConflict } from './resolution.ts';
import { approveOnBusyDeployment, followTogether } from './together.ts';

/** Several agents at one customer: what each wants, how it is settled, and whose turn it is. */
export function createCoordinationActivities(dependencies: ActivityDependencies): CoordinationActivities {
  return {
    analyseTogether: (input) => heartbeating((progress) => analyseTogether(dependencies, input, progress)),
    awaitOpinions: (input) => heartbeating((progress) => awaitOpinions(dependencies, input, progress)),
    resolveConflict: (input) => heartbeating(() => resolveConflict(dependencies, input)),
    executeResolution: (input) =>
      heartbeating((progress) => executeResolution(dependencies, input, progress)),
    approveOnBusyDeployment: (input) => heartbeating(() => approveOnBusyDeployment(dependencies, input)),
    readAcknowledgements: (input) => heartbeating(() => readAcknowledgements(dependencies, input)),
    followTogether: (input) => heartbeating((progress) => followTogether(dependencies, input, progress)),
    compareWithExecuted: (input) => heartbeating(() => compareWithExecuted(dependencies, input)),
  };
}
