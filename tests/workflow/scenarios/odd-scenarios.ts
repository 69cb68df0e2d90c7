import { condition } from '@temporalio/workflow';

import type { ScenarioInput } from '../../../src/contracts/runs.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import type { ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import { flagIs } from '../../../src/assertions/facts.ts';
import { createApprovalGate, decideAndApprove } from '../../../workflows/support/approval.ts';
import { runScenario, type ScenarioRun } from '../../../workflows/support/run-scenario.ts';

/** Scenarios as a careless author might write them. */
const definition: ScenarioDefinition = {
  name: 'odd',
  title: 'Odd',
  workflowType: 'odd',
  tags: [],
  description: 'Written carelessly.',
  phases: [
    { number: 1, name: 'first', title: 'First', budgetMs: 10_000 },
    { number: 2, name: 'second', title: 'Second', budgetMs: 10_000, manualBudgetMs: 20_000 },
  ],
};
const green = flagIs({ gate: 'is-so', evidence: 'is.so', expected: true, because: 'it was said' });
const seen = (value: boolean | null) => ({
  evidence: [
    {
      name: 'is.so',
      value,
      unit: 'flag',
      source: 'the workflow',
      sampleSize: null,
      observedAt: '2026-11-22T12:00:00.000Z',
    },
  ],
  notes: [],
  output: {},
});
const run =
  (name: string, value = true) =>
  (scenario: ScenarioRun) =>
    scenario.phase(name, async () => seen(value), [green]);

export function whole(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first')(scenario);
    await run('second')(scenario);
  });
}

export function forgetsPhase(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first')(scenario);
  });
}

export function gateless(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await scenario.phase('first', async () => seen(true), []);
    await run('second')(scenario);
  });
}

export function swallowsRed(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first', false)(scenario).catch(() => undefined);
    await run('second')(scenario);
  });
}

export function repeatsUntilGreen(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first', false)(scenario).catch(() => undefined);
    await run('first')(scenario);
    await run('second')(scenario);
  });
}

export function inventsPhase(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first')(scenario);
    await run('third')(scenario);
  });
}

export function throwsInPhase(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await scenario.customer('Acme Corp');
    await run('first')(scenario);
    await scenario.phase('second', () => Promise.reject(new TypeError('nothing is undefined')), [green]);
  });
}

export function throwsAtTheEnd(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first')(scenario);
    await run('second')(scenario);
    throw new RangeError('one too many');
  });
}

/** A person has two seconds. */
export function asksBriefly(input: ScenarioInput): Promise<RunSummary> {
  const gate = createApprovalGate(2_000);
  return runScenario(definition, input, async (scenario) => {
    const subject = await scenario.customer('Acme Corp');
    await run('first')(scenario);
    await scenario.phase(
      'second',
      (call) => decideAndApprove(call, gate, input, { subject, recommendationId: 'rec_1' }, 'second'),
      [green],
    );
  });
}

/** Breaks where no frame can catch it, every time its task is tried. */
export function breaksOutsideTheFrame(input: ScenarioInput): Promise<RunSummary> {
  const parts = input as unknown as { parts: readonly string[] };
  return runScenario(definition, { ...input, gitRevision: parts.parts.join() }, async (scenario) => {
    await run('first')(scenario);
  });
}

/** Waits until it is ended from outside. */
export function waitsForEver(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(definition, input, async (scenario) => {
    await run('first')(scenario);
    await condition(() => false);
  });
}
