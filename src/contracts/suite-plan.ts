import { SCENARIOS, type ScenarioDefinition } from './scenarios/index.ts';
import { SelectionError } from './selecting/selection-error.ts';
import { selectScenarios } from './selecting/select-scenarios.ts';
import type { SuiteInput, SuiteItem } from './suites.ts';

/** Above it the state of a suite no longer fits through Temporal, which takes two megabytes at a time. */
export const MAXIMUM_TRIES = 2_000;

/**
 * The items of a suite: every scenario once, then every scenario again. The shard takes its part of that list.
 * @throws SelectionError when nothing is left, or too much
 */
export function planItems(
  input: Pick<SuiteInput, 'selection' | 'repeat' | 'shard' | 'retries'>,
  seed: number,
  scenarios: readonly ScenarioDefinition[] = SCENARIOS,
): readonly SuiteItem[] {
  const selected = selectScenarios(input.selection, scenarios);
  const all = Array.from({ length: input.repeat }, (_, round) =>
    selected.map(({ name }) => ({ scenario: name, repetition: round + 1 })),
  ).flat();
  const { shard } = input;
  const own = shard === null ? all : all.filter((_, index) => index % shard.count === shard.index - 1);
  if (own.length === 0) {
    throw new SelectionError(
      shard === null
        ? 'no scenario fits all that was asked'
        : `shard ${String(shard.index)}/${String(shard.count)} of ${String(all.length)} is empty`,
    );
  }
  if (own.length * (input.retries + 1) > MAXIMUM_TRIES) {
    throw new SelectionError(
      `${String(own.length)} runs with ${String(input.retries)} retries are over the ${String(MAXIMUM_TRIES)} of a suite`,
    );
  }
  return own.map(({ scenario, repetition }, index) => ({
    number: index + 1,
    scenario,
    repetition,
    seed: seedOf(seed, repetition),
    status: 'waiting',
    outcome: null,
    runIds: [],
    runs: [],
    blockedBy: null,
  }));
}

const SEEDS = 2_147_483_647;

/** The first repetition has the suite's very seed, each further one its own; a retry keeps that of its item. */
export function seedOf(suiteSeed: number, repetition: number): number {
  if (repetition === 1) return suiteSeed;
  // MurmurHash3's finalizer: neighbouring repetitions get worlds that have nothing in common.
  let value = (suiteSeed ^ Math.imul(repetition, 0x9e3779b1)) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) % SEEDS;
}

/** Everything of the catalogue that a suite may start. @throws RangeError */
export function scenarioNamed(name: string): ScenarioDefinition {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw new RangeError(`there is no scenario ${name}`);
  return found;
}
