import { DEMO_RUN_ID } from '../../contracts/demo.ts';
import { suiteIdOf } from '../../contracts/suites.ts';
import { NOTE_KEY } from '../schedules/words.ts';

/** A running workflow as Temporal lists it. */
export interface RunningWorkflow {
  readonly workflowId: string;
  /** Workflow id of the first in its line of parents; its own when it has none. */
  readonly rootId: string;
  /** Null: no schedule started it. */
  readonly scheduledBy: string | null;
}

/** What goes on beside a suite and is not its own: demo customers, suites that a schedule started. */
export interface OthersWork {
  isOthersRun(runId: string): boolean;
  isOthersWorkflow(workflow: RunningWorkflow): boolean;
}

export function othersWork(running: readonly RunningWorkflow[]): OthersWork {
  const scheduled = new Set(
    running.filter(({ scheduledBy }) => scheduledBy !== null).map(({ workflowId }) => workflowId),
  );
  const suites = [...scheduled].map((workflowId) => `${suiteIdOf(workflowId)}-`);
  return {
    isOthersRun: (runId) => runId === DEMO_RUN_ID || suites.some((suite) => runId.startsWith(suite)),
    isOthersWorkflow: ({ workflowId, rootId }) => scheduled.has(workflowId) || scheduled.has(rootId),
  };
}

/** The run whose customer an e-mail address belongs to: `acme.20261128-225056-16j7@e2e.example`. */
export function runOfEmail(email: string): string {
  return email.split('@')[0]?.split('.').at(-1) ?? '';
}

/** `e2e schedule create` notes who made a schedule: a person. One without that note was made by what ran. */
export function isPersonsSchedule(memoKeys: readonly string[]): boolean {
  return memoKeys.includes(NOTE_KEY);
}
