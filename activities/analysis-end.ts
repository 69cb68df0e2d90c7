import { waitForCondition } from '../src/client/index.ts';
import type { ActivityDependencies } from './context.ts';
import { isTimeout } from './measurements.ts';

export interface AnalysisEnd {
  readonly id: string;
  readonly status: string;
  readonly findings: readonly string[] | null;
  readonly finished_at: Date | null;
}

/** The newest analysis that `which` names once it has ended; as it is when it does not in time, null when none came. */
export async function awaitAnalysisEnd(
  { harness, database }: ActivityDependencies,
  which: { readonly where: string; readonly parameters: readonly unknown[] },
  deadlineMs: number,
  progress: (details: unknown) => void,
): Promise<AnalysisEnd | null> {
  let last: AnalysisEnd | null = null;
  const look = async () => {
    const [row] = await database.rows<AnalysisEnd & Record<string, unknown>>(
      `SELECT id, status, findings, finished_at FROM analyses WHERE ${which.where} ORDER BY created_at DESC LIMIT 1`,
      which.parameters,
    );
    last = row ?? null;
    progress(row === undefined ? 'no analysis yet' : `${row.id} ${row.status}`);
    return row === undefined || row.status === 'started'
      ? ({ done: false, observed: row?.status ?? 'no analysis' } as const)
      : ({ done: true, value: row } as const);
  };
  try {
    return await waitForCondition<AnalysisEnd>(look, {
      condition: 'the end of the analysis',
      deadlineMs,
      intervalMs: 150,
      clock: harness.clock,
    });
  } catch (error) {
    if (isTimeout(error)) return last;
    throw error;
  }
}
