import { CancellationScope, defineQuery, isCancellation, setHandler } from '@temporalio/workflow';

import type { Observation, RunSubject } from '../../src/contracts/activities.ts';
import {
  RUN_STATE_QUERY,
  type Gate,
  type InjectedFault,
  type RunState,
  type ScenarioInput,
  type StepAction,
  type Verdict,
} from '../../src/contracts/runs.ts';
import { summaryOf } from '../../src/contracts/run-summary.ts';
import type { RunSummary } from '../../src/contracts/suites.ts';
import type { Prospect } from '../../src/contracts/journey-activities.ts';
import type { FleetChoice } from '../../src/contracts/fleets.ts';
import { settingOf, type ScenarioDefinition } from '../../src/contracts/scenarios/index.ts';
import { budgetMsOf, evidenceOf, judgePhase } from '../../src/assertions/judge-phase.ts';
import { activities, type Preset } from './activity-proxies.ts';
import { createAttempts, type Attempts } from './attempts.ts';
import { finish, type Remembered } from './ending.ts';
import { reasonOf } from './reasons.ts';
import { recordRefusals } from './refusals.ts';
import { createRunRecorder, type RunRecorder } from './run-recorder.ts';
import { nowMs, timestamp } from './time.ts';

const runStateQuery = defineQuery<RunState>(RUN_STATE_QUERY);

const FIXTURE_BUDGET_MS = 120_000;

/** What a scenario's body works with. */
export interface ScenarioRun {
  readonly runId: string;
  /** As it is in force now: a re-run may have changed it. */
  readonly input: ScenarioInput;
  /** What `--set` chose, or the default. Read late: a re-run may change only what was not read before its phase. */
  setting(name: string): string;
  /** An isolated customer with a fleet of its own, Acme's unless told; taken down when the run ends, however it ends. */
  customer(companyName: string, fleet?: FleetChoice): Promise<RunSubject>;
  /** A company with its fleet that has not come to OptiInfra yet; taken down like a customer. */
  prospect(companyName: string, fleet?: FleetChoice): Promise<Prospect>;
  /** The customer that a prospect has become by the scenario's own phases. */
  welcome(subject: RunSubject): void;
  /** Actions that the command line binds to steps of the optimization which this phase follows. */
  stepActions(phase: string): readonly StepAction[];
  /**
   * Runs one phase: faults planned before it, its activities, then its gates over all evidence so far.
   * A phase that does not pass ends the scenario; later phases stay `not-reached`.
   */
  phase<T>(
    name: string,
    observe: (call: PhaseCall) => Promise<Observation<T>>,
    gates: readonly Gate[],
  ): Promise<T>;
  /** Kept for the report and the clean-up. */
  remember(facts: Partial<Remembered>): void;
}

/** Activities with this phase's budget and summary. */
export type PhaseCall = (preset: Preset) => ReturnType<typeof activities>;

interface Frame {
  readonly recorder: RunRecorder;
  readonly attempts: Attempts;
  readonly subjects: RunSubject[];
}

/** Ends the body after a phase that did not pass; never leaves this file. */
class PhaseNotPassed extends Error {}

/**
 * The frame of every scenario: state, phases, verdict, evidence, clean-up that always runs, report. The result is a
 * summary, so that the history of a suite stays small; the query `runState` tells the whole.
 */
export async function runScenario(
  definition: ScenarioDefinition,
  input: ScenarioInput,
  body: (run: ScenarioRun) => Promise<void>,
): Promise<RunSummary> {
  const recorder = createRunRecorder(definition, input);
  setHandler(runStateQuery, () => recorder.state(), { description: 'Phases, gates and evidence so far' });
  recordRefusals(recorder);
  const attempts = createAttempts(recorder, definition);
  const subjects: RunSubject[] = [];
  let hasFixtures = false;
  let remembered: Remembered = { optimizationId: null, baseline: null };
  const run: ScenarioRun = {
    runId: recorder.state().runId,
    get input() {
      return recorder.state().input;
    },
    setting: (name) => readSetting(recorder, definition, name),
    customer: (companyName, fleet = 'acme') => {
      hasFixtures = true;
      return prepareCustomer({ recorder, attempts, subjects }, { companyName, fleet });
    },
    prospect: (companyName, fleet = 'acme') => {
      hasFixtures = true;
      return prepareProspect({ recorder, attempts }, { companyName, fleet });
    },
    welcome: (subject) => {
      welcome(recorder, subject, subjects);
    },
    stepActions: (phase) => stepActionsOf(recorder.state().input, phase),
    phase: (name, observe, gates) => runPhase({ recorder, attempts, subjects }, name, observe, gates),
    remember: (facts) => {
      remembered = { ...remembered, ...facts };
    },
  };
  const scope = CancellationScope.current();
  const outcome = await endOf(async () => {
    refuseUnknownFaults(recorder, input);
    if ((await attempts.beginIfReset()) === 'anew') await removeEarlier(recorder);
    await body(run);
  }, recorder);
  await finish(recorder, {
    subjects,
    hasFixtures,
    remembered,
    attempts,
    keepMs: input.keepOnRedMs ?? 0,
    verdict: outcome,
    cancelled: () => scope.consideredCancelled,
  });
  return summaryOf(recorder.state());
}

/** A re-run from the very beginning makes its customers anew; those of the attempts before it serve nobody any more. */
async function removeEarlier(recorder: RunRecorder): Promise<void> {
  await activities('teardown', FIXTURE_BUDGET_MS, 'clean-up · earlier attempts').cleanUp({
    runId: recorder.state().runId,
  });
}

async function prepareProspect(
  { recorder, attempts }: Omit<Frame, 'subjects'>,
  wanted: { companyName: string; fleet: FleetChoice },
): Promise<Prospect> {
  await attempts.beginIfReset();
  const call = activities('mutate', FIXTURE_BUDGET_MS, `fixture · ${wanted.companyName}, a prospect`);
  return call.prepareProspect({
    runId: attempts.fixtureId(),
    scenario: recorder.state().input,
    ...wanted,
  });
}

/** Noted with how far the run was, so that no re-run claims to have changed what was settled before. */
function readSetting(recorder: RunRecorder, definition: ScenarioDefinition, name: string): string {
  const { input, phases, settingsRead = {} } = recorder.state();
  const begun = phases.filter(({ status }) => status !== 'pending').length;
  recorder.update({ settingsRead: { ...settingsRead, [name]: settingsRead[name] ?? begun } });
  return settingOf(definition, input.settings, name);
}

/** A drill whose fault never strikes would pass as one. */
function refuseUnknownFaults(recorder: RunRecorder, { faults }: ScenarioInput): void {
  for (const { phase } of faults) recorder.phase(phase);
}

function stepActionsOf({ faults }: ScenarioInput, phase: string): StepAction[] {
  return faults.flatMap(({ phase: own, step, fault }) =>
    own === phase && step !== undefined ? [{ at: step, action: fault }] : [],
  );
}

async function prepareCustomer(
  { recorder, attempts, subjects }: Frame,
  wanted: { companyName: string; fleet: FleetChoice },
): Promise<RunSubject> {
  await attempts.beginIfReset();
  const { companyName, fleet } = wanted;
  const kind = typeof fleet === 'string' ? fleet : 'like' in fleet ? `like ${fleet.like}` : 'of its own';
  const historyMs = typeof fleet === 'string' || 'like' in fleet ? 0 : (fleet.historyWorldMs ?? 0);
  // World time is never slower than wall time by much; a long history gets as much more as it is long.
  const call = activities('mutate', FIXTURE_BUDGET_MS + historyMs, `fixture · ${companyName}, fleet ${kind}`);
  const subject = await call.prepareCustomer({
    runId: attempts.fixtureId(),
    scenario: recorder.state().input,
    ...wanted,
  });
  welcome(recorder, subject, subjects);
  return subject;
}

/** The first one is the run's customer: faults strike it, and the report is about it. */
function welcome(recorder: RunRecorder, subject: RunSubject, subjects: RunSubject[]): void {
  if (subjects.length === 0) recorder.update({ customerId: subject.customerId });
  subjects.push(subject);
}

async function runPhase<T>(
  { recorder, attempts, subjects }: Frame,
  name: string,
  observe: (call: PhaseCall) => Promise<Observation<T>>,
  gates: readonly Gate[],
): Promise<T> {
  // Each promise of a workflow costs, and a phase has few: nothing is awaited that is not there.
  if (attempts.isReset()) await attempts.beginIfReset();
  const phase = recorder.phase(name);
  const { number, title, status } = phase;
  // A second try would write over the verdict of the first.
  if (status !== 'pending') throw new Error(`phase ${name} has run already`);
  const { input } = recorder.state();
  const budgetMs = budgetMsOf(phase, input);
  const startedMs = nowMs();
  recorder.updatePhase(name, { status: 'running', startedAt: timestamp() });
  for (const fault of faultsBefore(recorder, name)) await injectFault(subjects, fault);
  const call: PhaseCall = (preset) => activities(preset, budgetMs, `phase ${String(number)} · ${title}`);
  const observation = await observe(call);
  const durationMs = nowMs() - startedMs;
  recorder.updatePhase(name, { evidence: observation.evidence, notes: observation.notes });
  const { output } = observation;
  const hasOutput = output !== null;
  const evidence = evidenceOf(recorder.state().phases);
  const { gates: results, verdict } = judgePhase({ input, phase, evidence, durationMs, hasOutput }, gates);
  recorder.updatePhase(name, {
    status: 'finished',
    verdict,
    gates: results,
    durationMs,
    ...(hasOutput ? {} : { withoutOutput: true }),
    finishedAt: timestamp(),
  });
  if (verdict !== 'passed' || output === null) throw new PhaseNotPassed();
  return output;
}

function faultsBefore(recorder: RunRecorder, phase: string): InjectedFault[] {
  return recorder.state().input.faults.filter((fault) => fault.phase === phase && fault.step === undefined);
}

async function injectFault([subject]: readonly RunSubject[], fault: InjectedFault): Promise<void> {
  const { kind } = fault.fault;
  if (subject === undefined) throw new Error(`no customer to inject ${kind} into`);
  await activities('mutate', FIXTURE_BUDGET_MS, `fault · ${kind}`).injectFault({ subject, fault });
}

/** Turns the way the body ended into a verdict, and records the phase in which an error struck. */
async function endOf(body: () => Promise<void>, recorder: RunRecorder): Promise<Verdict> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof PhaseNotPassed)) return recordError(error, recorder);
  }
  const { phases } = recorder.state();
  const bad = phases.find(({ verdict }) => verdict !== 'passed');
  if (bad === undefined) return 'passed';
  // A body that returns without having run every phase has proved nothing about the rest.
  return bad.verdict ?? 'inconclusive';
}

/**
 * An error of an activity is the infrastructure's; any other is a fault in workflow code. Thrown on, that would make
 * Temporal repeat the task for ever, without a word and without a clean-up: it ends the run instead and is named.
 */
function recordError(error: unknown, recorder: RunRecorder): Verdict {
  const verdict: Verdict = isCancellation(error) ? 'cancelled' : 'infra-error';
  const reason = verdict === 'cancelled' ? 'cancelled' : reasonOf(error);
  const struck = recorder.state().phases.find(({ status }) => status === 'running' || status === 'pending');
  if (struck === undefined) recorder.fail(reason);
  else {
    recorder.updatePhase(struck.name, {
      status: 'finished',
      verdict,
      error: reason,
      finishedAt: timestamp(),
    });
  }
  return verdict;
}
