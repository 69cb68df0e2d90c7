import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { GATES, type ScenarioGates } from '../../assertions/scenarios/index.ts';
import type { Gate } from '../../contracts/runs.ts';
import { SCENARIOS } from '../../contracts/scenarios/index.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';

/** The gates of a scenario, by its name. */
export type GatesByScenario = Readonly<Record<string, ScenarioGates>>;

/** The word for the gates that scenarios are judged by today. */
const CURRENT_GATES = 'current';

/**
 * Today's gates, or those with a file's in their place: a module that exports `GATES`, by scenario and phase. What it
 * leaves out stays as it is today.
 * @throws OptiInfraError `USAGE` that says what is wrong with the file.
 */
export async function loadGates(choice: string): Promise<GatesByScenario> {
  if (choice === CURRENT_GATES) return GATES;
  const given = await gatesIn(choice);
  const names = Object.keys(given);
  if (names.length === 0) throw wrong(choice, 'its GATES is empty');
  const changed = names.map((name) => [name, mergedGates(choice, name, given[name])] as const);
  return { ...GATES, ...Object.fromEntries(changed) };
}

async function gatesIn(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) throw wrong(path, 'there is no such file');
  const module: unknown = await import(pathToFileURL(resolve(path)).href).catch((error: unknown) => {
    throw wrong(path, `it cannot be loaded: ${describeError(error)}`);
  });
  const given: unknown = (module as { GATES?: unknown }).GATES;
  if (given === undefined) {
    const exported = Object.keys(module as object);
    throw wrong(path, `it exports no GATES${exported.length === 0 ? '' : `, only ${exported.join(', ')}`}`);
  }
  if (!isRecord(given)) throw wrong(path, 'its GATES is not an object of scenarios');
  return given;
}

function mergedGates(path: string, scenario: string, given: unknown): ScenarioGates {
  const definition = SCENARIOS.find(({ name }) => name === scenario);
  if (definition === undefined) {
    throw unknownName(path, `there is no scenario ${scenario}`, scenario, SCENARIOS);
  }
  if (!isRecord(given)) throw wrong(path, `GATES of ${scenario} is not an object of phases`);
  for (const [phase, gates] of Object.entries(given)) {
    if (!definition.phases.some(({ name }) => name === phase)) {
      throw unknownName(path, `${scenario} has no phase ${phase}`, phase, definition.phases);
    }
    if (!Array.isArray(gates) || gates.length === 0) {
      throw wrong(path, `GATES of ${scenario}, ${phase}, is not a list of gates`);
    }
    const odd = gates.findIndex((gate) => typeof gate !== 'function');
    if (odd >= 0) throw wrong(path, `gate ${String(odd + 1)} of ${scenario}, ${phase}, is not a function`);
  }
  return { ...GATES[scenario], ...(given as Readonly<Record<string, readonly Gate[]>>) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHAPE =
  "It is a module: `export const GATES = { 'spot-migration': { 'validate-quality': [gate, …] } }`.";

function wrong(path: string, what: string): OptiInfraError {
  return new OptiInfraError('USAGE', `--gates ${path}: ${what}`, { hint: SHAPE });
}

function unknownName(
  path: string,
  what: string,
  name: string,
  known: readonly { readonly name: string }[],
): OptiInfraError {
  const near = nearestName(
    name,
    known.map((each) => each.name),
  );
  return new OptiInfraError('USAGE', `--gates ${path}: ${what}`, {
    hint: near === undefined ? '`e2e list` shows scenarios and phases.' : `Did you mean \`${near}\`?`,
  });
}
