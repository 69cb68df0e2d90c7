import type { Series } from '../../../contracts/runs.ts';
import type { Cursor } from '../../documents/cursor.ts';
import type { CurveFigures } from '../../documents/run-figures.ts';

/** The place of what was computed of a curve. */
export type CurvePlaces = ReadonlyMap<Series, Cursor<CurveFigures>>;
