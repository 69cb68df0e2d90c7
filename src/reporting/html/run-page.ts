import type { PhaseRecord } from '../../contracts/runs.ts';
import { each, type Cursor } from '../documents/cursor.ts';
import type { RunDocument } from '../documents/run-document.ts';
import type { PhaseFigures } from '../documents/run-figures.ts';

/** What sections of a run's page draw from: the document, by place. */
export type RunPage = Cursor<RunDocument>;

/** A phase of the run beside what was computed of it. */
export interface PhasePlace {
  readonly phase: PhaseRecord;
  readonly at: Cursor<PhaseRecord>;
  readonly figures: Cursor<PhaseFigures>;
}

export function phasePlaces(page: RunPage): PhasePlace[] {
  const figures = each(page.at('figures').at('phases'));
  return each(page.at('run').at('phases')).flatMap((at, index) => {
    const own = figures[index];
    return own === undefined ? [] : [{ phase: at.value, at, figures: own }];
  });
}
