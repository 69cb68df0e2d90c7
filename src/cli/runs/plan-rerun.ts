import type { AttemptRecord, RerunOrder } from '../../contracts/attempts.ts';
import type { InjectedFault, PhaseRecord, RunState } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';
import {
  beginningOf,
  madeCustomers,
  removedAt,
  resetPointOf,
  type EventId,
  type HistoryEvent,
} from './reset-point.ts';
import type { Settings } from './settings.ts';

/** What is asked for: a phase (the first red one unless told), and what is to be different this time. */
export interface RerunWish {
  readonly from: string | undefined;
  readonly settings: Settings;
  /** Undefined: what was planned strikes again. */
  readonly faults: readonly InjectedFault[] | undefined;
  readonly by: string;
  readonly reason: string;
}
/** What is known of the run. */
export interface RerunSource {
  readonly definition: ScenarioDefinition;
  readonly state: RunState;
  readonly events: readonly HistoryEvent[];
  readonly nowMs: number;
}
export interface RerunPlan {
  /** `WorkflowTaskCompleted` to which Temporal resets the run. */
  readonly resetPoint: EventId;
  /** From the very beginning, with customers of its own. */
  readonly anew: boolean;
  readonly order: RerunOrder;
}

/** A reset and its order take a moment, in which the hold must not end. */
const MARGIN_MS = 5_000;

/** @throws OptiInfraError `RERUN_REFUSED` when the phase cannot be repeated honestly, and why */
export function planRerun(source: RerunSource, wish: RerunWish): RerunPlan {
  const { state, events } = source;
  if (state.status !== 'finished') {
    throw refusal(
      state,
      'is still running',
      `Wait for its verdict, or end it: \`e2e cancel ${state.runId}\`.`,
    );
  }
  const phase = phaseOf(state, wish.from);
  const anew = phase.number === 1;
  const resetPoint = anew ? beginningOf(events) : resetPointOf(events, phase);
  if (resetPoint === null) throw neverBegun(state, phase);
  if (!anew) {
    refuseWithoutCustomers(source, phase);
    refuseRepeatedActs(source, phase);
    refuseSettingsInUse(state, phase, wish.settings);
  }
  const earlier = state.attempts ?? [firstAttempt(state)];
  return {
    resetPoint,
    anew,
    order: {
      attempt: earlier.length + 1,
      fromPhase: phase.name,
      settings: wish.settings,
      ...(wish.faults === undefined ? {} : { faults: wish.faults }),
      by: wish.by,
      reason: wish.reason,
      earlier,
    },
  };
}

function phaseOf(state: RunState, from: string | undefined): PhaseRecord {
  const { phases } = state;
  if (from === undefined) {
    const red = phases.find(({ verdict }) => verdict !== null && verdict !== 'passed');
    if (red !== undefined) return red;
    throw refusal(state, 'has no red phase to begin at', 'Name one with `--from`.');
  }
  const named = phases.find(({ name, number }) => name === from || String(number) === from);
  if (named !== undefined) return named;
  const names = phases.map(({ name }) => name);
  const near = nearestName(from, names);
  throw new OptiInfraError('USAGE', `--from: ${state.scenario} has no phase "${from}"`, {
    hint: near === undefined ? `There are: ${names.join(', ')}.` : `Did you mean \`${near}\`?`,
  });
}

function neverBegun(state: RunState, { name }: PhaseRecord): OptiInfraError {
  const begun = state.phases.filter(({ status }) => status === 'finished');
  const last = begun.at(-1)?.name ?? 'none';
  return refusal(
    state,
    `never began ${name} in attempt ${String(state.attempt)}`,
    `It came as far as ${last}; \`--from\` can be that or one before it.`,
  );
}

function refuseWithoutCustomers({ state, events, nowMs }: RerunSource, phase: PhaseRecord): void {
  if (!madeCustomers(events)) return;
  const { runId, customerId, keptUntil, phases } = state;
  const [first] = phases;
  const instead = `\`e2e rerun ${runId} --from ${first?.name ?? '1'}\` makes it anew; \`e2e run --keep-on-red 30m\` keeps it next time.`;
  const whose = customerId === null ? 'its customer' : `its customer ${customerId}`;
  if (keptUntil === undefined) {
    const seconds = removedAt(events);
    const since =
      seconds === null ? 'is not kept' : `is gone since ${new Date(seconds * 1000).toISOString()}`;
    throw refusal(state, `cannot begin at ${phase.name}: ${whose} ${since}`, instead);
  }
  if (Date.parse(keptUntil) - nowMs < MARGIN_MS) {
    throw refusal(state, `cannot begin at ${phase.name}: ${whose} is kept only until ${keptUntil}`, instead);
  }
}

/** What a customer bears once has left its evidence when it was done. */
function refuseRepeatedActs({ definition, state }: RerunSource, from: PhaseRecord): void {
  for (const { name, number, actsOnce } of definition.phases) {
    const done = state.phases.some((each) => each.name === name && each.evidence.length > 0);
    if (number < from.number || actsOnce === undefined || !done) continue;
    const [first] = definition.phases;
    const next = state.phases.find((each) => each.number === number + 1 && each.status === 'finished');
    const later = next === undefined ? '' : ` or \`--from ${next.name}\``;
    throw refusal(
      state,
      `cannot begin at ${from.name}: ${name} has been done, and ${actsOnce}`,
      `\`--from ${first?.name ?? '1'}\` begins anew with another customer${later}.`,
    );
  }
}

function refuseSettingsInUse(state: RunState, from: PhaseRecord, settings: Settings): void {
  for (const name of Object.keys(settings)) {
    const begun = state.settingsRead?.[name];
    if (begun === undefined || begun >= from.number) continue;
    throw refusal(
      state,
      `cannot change ${name} at ${from.name}: it was read before`,
      `\`--from ${state.phases[0]?.name ?? '1'}\` begins anew with it.`,
    );
  }
}

function firstAttempt(state: RunState): AttemptRecord {
  const red = state.phases.find(({ verdict }) => verdict !== null && verdict !== 'passed');
  return {
    attempt: 1,
    order: null,
    startedAt: state.startedAt,
    finishedAt: state.finishedAt,
    verdict: state.verdict,
    redPhase: red?.name ?? null,
    temporalRunId: state.temporal.workflowRunId,
  };
}

function refusal({ runId }: RunState, why: string, hint: string): OptiInfraError {
  return new OptiInfraError('RERUN_REFUSED', `run ${runId} ${why}`, { hint });
}
