import type { EnvironmentDescriptor } from '../../contracts/environment.ts';
import { estimateFrom, estimateOf, type Estimate } from '../../reporting/estimate.ts';
import { connectRunHistory } from '../../reporting/history/run-history.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { readRecordedRuns } from './recorded-runs.ts';

/** Of the records, where they are read. */
const PAST_RUNS = 20;

/**
 * How long runs take in this environment's time scale, by its history. The records are read instead where ClickHouse
 * does not answer: an estimate is a help, and a run can be watched without the history.
 */
export async function estimateFor(
  { urls, anchor: { timeScale } }: EnvironmentDescriptor,
  runsDirectory: string,
): Promise<Estimate> {
  try {
    await using history = connectRunHistory(urls.clickhouse);
    return estimateOf(await history.durationsOf({ timeScale }));
  } catch (error) {
    if (!(error instanceof OptiInfraError)) throw error;
    const { runs } = await readRecordedRuns(runsDirectory);
    const alike = runs.filter(({ surroundings }) => surroundings.timeScale === timeScale);
    return estimateFrom(alike.slice(-PAST_RUNS).map(({ run }) => run));
  }
}
