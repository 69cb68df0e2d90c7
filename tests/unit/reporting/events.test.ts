import { describe, expect, it } from 'vitest';
import fc from 'fast-check';

import { eventsBetween, type RunEvent } from '../../../src/reporting/events.ts';
import type { RunState } from '../../../src/contracts/runs.ts';
import { cancelledRun, infraErrorRun, passedRun, rolledBackRun, runningRun } from '../../fixtures/runs.ts';

const named = (events: readonly RunEvent[]): string[] =>
  events.map((event) => ('phase' in event ? `${event.type} ${String(event.phase.number)}` : event.type));

/** Every state a run goes through: waiting, each phase at work, the end. */
const STATES: readonly RunState[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(runningRun).concat(passedRun());

function told(states: readonly RunState[]): string[] {
  let previous: RunState | null = null;
  const events: string[] = [];
  for (const next of states) {
    events.push(...named(eventsBetween(previous, next)));
    previous = next;
  }
  return events;
}

describe('events of a run', () => {
  it('come once each, in order', () => {
    const phases = Array.from({ length: 9 }, (_, index) => String(index + 1));
    expect(told(STATES)).toEqual([
      'run-started',
      ...phases.flatMap((number) => [`phase-started ${number}`, `phase-finished ${number}`]),
      'run-finished',
    ]);
  });

  it('are the same for whoever looks rarely or comes late', () => {
    fc.assert(
      fc.property(fc.subarray([...STATES.keys()]), (seen) => {
        const states = seen.map((index) => STATES[index]!);
        expect(told([...states, passedRun()])).toEqual(told(STATES));
      }),
    );
  });

  it('do not repeat when nothing happened', () => {
    expect(eventsBetween(runningRun(3), runningRun(3))).toEqual([]);
    expect(eventsBetween(passedRun(), passedRun())).toEqual([]);
  });

  it('give a phase its heading even if its preparation broke', () => {
    expect(named(eventsBetween(null, infraErrorRun()))).toEqual([
      'run-started',
      'phase-started 1',
      'phase-finished 1',
      'run-finished',
    ]);
  });

  it('leave out phases that were not reached', () => {
    expect(named(eventsBetween(null, rolledBackRun())).slice(-3)).toEqual([
      'phase-started 6',
      'phase-finished 6',
      'run-finished',
    ]);
    expect(named(eventsBetween(runningRun(5), cancelledRun()))).toEqual(['phase-finished 5', 'run-finished']);
  });

  it('tell a phase again when the run was taken back to it', () => {
    expect(told([runningRun(6), runningRun(2), runningRun(4)]).slice(-4)).toEqual([
      'phase-finished 2',
      'phase-started 3',
      'phase-finished 3',
      'phase-started 4',
    ]);
  });
});
