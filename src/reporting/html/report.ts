import type { RunEvidenceFile, RunState } from '../../contracts/runs.ts';

export interface ReportInput {
  readonly run: RunState;
  /** Null when the run ended before anything could be gathered. */
  readonly evidence: RunEvidenceFile | null;
  readonly temporalUi: string;
}

/** The page of one run: one file, no network, readable on paper. */
export function htmlReport({ run }: ReportInput): string {
  return `<!doctype html><title>${run.runId}</title><pre>${JSON.stringify(run, null, 2).replaceAll('<', '&lt;')}</pre>`;
}
