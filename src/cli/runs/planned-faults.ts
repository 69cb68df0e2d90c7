import { STEP_NAMES } from '../../contracts/api/recommendations.ts';
import type { InjectedFault, StepPosition } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { WORLD_ACTION_KINDS } from '../../contracts/world-actions.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';

const FORM = '<phase>[@<step>[.completed]]:<json with a kind>';

/** Collects `--fault`: before a phase, or in it when a step of the optimization has started or completed. */
export function collectFault(text: string, faults: readonly InjectedFault[]): InjectedFault[] {
  const colon = text.indexOf(':');
  const [phase = '', position] = text.slice(0, Math.max(colon, 0)).split('@', 2);
  const fault = faultOf(text.slice(colon + 1));
  if (phase === '' || fault === null) {
    throw new OptiInfraError('USAGE', `--fault: "${text}" is not ${FORM}`, {
      hint: 'For example: --fault \'monitor-execution:{"kind":"stop-traffic"}\'',
    });
  }
  refuseUnknown('--fault: no world action', fault.kind, WORLD_ACTION_KINDS);
  return [...faults, { phase, ...(position === undefined ? {} : { step: positionOf(position) }), fault }];
}

function faultOf(json: string): InjectedFault['fault'] | null {
  try {
    const fault: unknown = JSON.parse(json);
    return typeof fault === 'object' && fault !== null && 'kind' in fault
      ? (fault as InjectedFault['fault'])
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function positionOf(text: string): StepPosition {
  const [name = '', when = 'started'] = text.split('.', 2);
  refuseUnknown('--fault: no step', name, STEP_NAMES);
  refuseUnknown('--fault: a step has', when, ['started', 'completed']);
  return { name, when } as StepPosition;
}

/** Every scenario that is to run must have the phases that the faults name. */
export function checkFaults(scenario: ScenarioDefinition, faults: readonly InjectedFault[]): void {
  const names = scenario.phases.map((phase) => phase.name);
  for (const { phase } of faults) refuseUnknown(`--fault: ${scenario.name} has no phase`, phase, names);
}

function refuseUnknown(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const near = nearestName(name, names);
  throw new OptiInfraError('USAGE', `${what} "${name}"`, {
    hint: near === undefined ? `There are: ${names.join(', ')}.` : `Did you mean \`${near}\`?`,
  });
}
