import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';

import {
  SEARCH_ATTRIBUTES,
  type PhaseRecord,
  type RunState,
  type ScenarioInput,
} from '../../src/contracts/runs.ts';
import type { ScenarioDefinition } from '../../src/contracts/scenarios/index.ts';
import type { HoldEnd } from '../../src/contracts/attempts.ts';
import { phaseTable } from './phase-table.ts';
import { createSearchAttributes } from './search-attributes.ts';
import { timestamp } from './time.ts';

/** Holds the state of one run and shows it: to queries, in Temporal's UI and in search attributes. */
export interface RunRecorder {
  state(): RunState;
  update(change: Partial<RunState>): void;
  phase(name: string): PhaseRecord;
  updatePhase(name: string, change: Partial<PhaseRecord>): void;
  /** Keeps what went wrong outside of every phase. */
  fail(reason: string): void;
  /** Nothing is kept any more, and how that came. */
  endHold(end: HoldEnd): void;
}

function initialState(definition: ScenarioDefinition, input: ScenarioInput): RunState {
  const info = workflowInfo();
  return {
    runId: info.workflowId.replace(/^e2e-/, ''),
    scenario: definition.name,
    title: definition.title,
    attempt: 1,
    input,
    status: 'running',
    verdict: null,
    startedAt: timestamp(),
    finishedAt: null,
    phases: definition.phases.map((phase) => ({
      ...phase,
      status: 'pending',
      verdict: null,
      startedAt: null,
      finishedAt: null,
      durationMs: null,
      gates: [],
      evidence: [],
      notes: [],
      error: null,
    })),
    customerId: null,
    cleanup: 'pending',
    evidenceFile: null,
    temporal: { namespace: info.namespace, workflowId: info.workflowId, workflowRunId: info.runId },
  };
}

export function createRunRecorder(definition: ScenarioDefinition, input: ScenarioInput): RunRecorder {
  let state = initialState(definition, input);
  const phase = (name: string): PhaseRecord => {
    const found = state.phases.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`scenario ${definition.name} has no phase ${name}`);
    return found;
  };
  const attributes = createSearchAttributes();
  const show = (): void => setCurrentDetails(phaseTable(state));
  show();
  return {
    state: () => state,
    update: (change) => {
      state = { ...state, ...change };
      if (change.customerId) attributes.soon(SEARCH_ATTRIBUTES.customer, change.customerId);
      if (change.verdict) attributes.now(SEARCH_ATTRIBUTES.verdict, change.verdict);
      show();
    },
    phase,
    fail: (reason) => {
      state = { ...state, errors: [...(state.errors ?? []), reason] };
    },
    endHold: (holdEnded) => {
      const { keptUntil: _over, ...rest } = state;
      state = { ...rest, holdEnded };
      show();
    },
    updatePhase: (name, change) => {
      const before = phase(name);
      const after = { ...before, ...change };
      state = { ...state, phases: state.phases.map((each) => (each === before ? after : each)) };
      if (change.status === 'running') {
        attributes.soon(SEARCH_ATTRIBUTES.phase, `${String(after.number)}-${name}`);
      }
      if (change.status !== undefined) show();
    },
  };
}
