import type { Gate } from '../../src/contracts/runs.ts';

/** A phase by name with the gates that judge it. */
export interface At<Name extends string = string> {
  readonly phase: Name;
  readonly gates: readonly Gate[];
}

/** Looks phases up in a scenario's table of gates; a name that is not in it does not compile. */
export function phasesWith<Table extends Readonly<Record<string, readonly Gate[]>>>(
  table: Table,
): <Name extends Extract<keyof Table, string>>(phase: Name) => At<Name> {
  return (phase) => ({ phase, gates: table[phase] ?? [] });
}
