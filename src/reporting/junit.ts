import type { RunState } from '../contracts/runs.ts';
import { junitDocument } from './junit/document.ts';
import { casesOfRun, propertiesOfRun } from './junit/run-cases.ts';

/** JUnit XML of one run: the scenario a suite, each phase and the clean-up a case. */
export function junitXml(run: RunState): string {
  return junitDocument('optiinfra-e2e', [
    {
      name: run.scenario,
      className: run.scenario,
      startedAt: run.startedAt,
      properties: propertiesOfRun(run),
      cases: casesOfRun(run),
    },
  ]);
}
