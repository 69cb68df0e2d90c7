import type { RunState } from '../../src/contracts/runs.ts';
import type { ScenarioDefinition } from '../../src/contracts/scenarios/index.ts';

/**
 * What is wrong with an order, null when nothing is. An Update may be typed by hand in Temporal's UI, so nothing is
 * sure of its argument.
 */
export function malformedOrder(
  typed: unknown,
  definition: ScenarioDefinition,
  state: RunState,
): string | null {
  const order = (typed ?? {}) as Readonly<Record<string, unknown>>;
  const { attempt, earlier, by, reason } = order;
  if (typeof attempt !== 'number' || !Number.isInteger(attempt) || attempt < 2)
    return 'attempt must be a whole number from 2';
  if (!Array.isArray(earlier) || earlier.length !== attempt - 1)
    return `earlier must tell of the ${String(attempt - 1)} attempts before it`;
  if (isBlank(by)) return 'by must name who orders';
  if (isBlank(reason)) return 'reason must say why';
  return (
    wrongPhase(order['fromPhase'], state) ??
    wrongSettings(order['settings'], definition, state) ??
    wrongFaults(order['faults'], state)
  );
}

/** The reset has decided where the attempt begins; an order for another phase is for another reset. */
function wrongPhase(fromPhase: unknown, { phases }: RunState): string | null {
  const wanted = phases.find(({ name }) => name === fromPhase);
  if (wanted === undefined) return `there is no phase ${describe(fromPhase)}`;
  const next = phases.find(({ status }) => status !== 'finished');
  // An Update is looked at before the result of the phase before, when both come in one task.
  const isNext = next === wanted || (next?.status === 'running' && next.number === wanted.number - 1);
  return isNext ? null : `the run was reset to ${next?.name ?? 'no phase'}, not to ${wanted.name}`;
}

function wrongSettings(
  settings: unknown,
  { settings: known = [] }: ScenarioDefinition,
  { settingsRead = {} }: RunState,
): string | null {
  if (typeof settings !== 'object' || settings === null) return 'settings must be an object';
  for (const [name, value] of Object.entries(settings)) {
    const setting = known.find((each) => each.name === name);
    if (setting === undefined) return `there is no setting ${name}`;
    if (typeof value !== 'string' || !setting.values.includes(value))
      return `setting ${name} cannot be ${describe(value)}`;
    if (settingsRead[name] !== undefined)
      return `setting ${name} was read before this phase: begin at the first phase to change it`;
  }
  return null;
}

function wrongFaults(faults: unknown, { phases }: RunState): string | null {
  if (faults === undefined) return null;
  if (!Array.isArray(faults)) return 'faults must be a list';
  for (const fault of faults as readonly ({ phase?: unknown; fault?: { kind?: unknown } | null } | null)[]) {
    if (!phases.some(({ name }) => name === fault?.phase))
      return `a fault names no phase of this scenario: ${describe(fault?.phase)}`;
    if (typeof fault?.fault?.kind !== 'string')
      return `the fault before ${describe(fault?.phase)} has no kind`;
  }
  return null;
}

function isBlank(text: unknown): boolean {
  return typeof text !== 'string' || text.trim() === '';
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value ?? null);
}
