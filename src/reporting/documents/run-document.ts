import type { RunEvidenceFile, RunState } from '../../contracts/runs.ts';
import type { Surroundings } from '../surroundings.ts';
import { RUN_SCHEMA_ID } from './ids.ts';
import { runFigures, type RunFigures } from './run-figures.ts';

/** A run as `e2e report --format json` gives it; the page shows no figure that is not in here. */
export interface RunDocument {
  readonly $schema: typeof RUN_SCHEMA_ID;
  readonly run: RunState;
  /** Curves, steps and events; null when there are none, see `missingEvidence`. */
  readonly evidence: RunEvidenceFile | null;
  /** Why there is no evidence file; null when there is one. */
  readonly missingEvidence: string | null;
  readonly surroundings: Surroundings;
  readonly figures: RunFigures;
}

export interface RunDocumentInput {
  readonly run: RunState;
  /** Curves, steps and events; a text says why there are none. */
  readonly evidence: RunEvidenceFile | { readonly missing: string };
  readonly surroundings: Surroundings;
}

export function runDocument({ run, evidence, surroundings }: RunDocumentInput): RunDocument {
  const [found, missingEvidence] = 'missing' in evidence ? [null, evidence.missing] : [evidence, null];
  return {
    $schema: RUN_SCHEMA_ID,
    run,
    evidence: found,
    missingEvidence,
    surroundings,
    figures: runFigures(run, found),
  };
}
