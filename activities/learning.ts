import type { LearningActivities, RunSubject } from '../src/contracts/activities.ts';
import type { Recommendation } from '../src/contracts/api/recommendations.ts';
import { waitForCondition, waitForRecommendation } from '../src/client/index.ts';
import { type ActivityDependencies, attemptKey, heartbeating } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { isTimeout, showUsd } from './measurements.ts';

const OUTCOME_DEADLINE_MS = 20_000;
const TWIN_DEADLINE_MS = 30_000;

interface Outcome extends Record<string, unknown> {
  readonly pattern_id: string | null;
  readonly predicted: number;
  readonly measured: number | null;
}

/** Phase 9: what was learned is stored, can be found again, and helps the next customer who is like this one. */
export function createLearningActivities(dependencies: ActivityDependencies): LearningActivities {
  const { harness } = dependencies;
  return {
    verifyLearning: ({ subject, twin, optimizationId }) =>
      heartbeating(async (progress) => {
        const log = createEvidenceLog(harness.clock);
        const outcome = await awaitOutcome(dependencies, optimizationId, progress);
        const patternId = outcome?.pattern_id ?? null;
        const complete =
          outcome !== null && patternId !== null && outcome.measured !== null && outcome.predicted > 0;
        log.record('learning.outcome-in-database', complete, { unit: 'flag', source: 'PostgreSQL outcomes' });
        await recordPattern(dependencies, log, patternId);
        const forecast = await forecastForTwin(dependencies, twin, progress);
        const used = forecast?.forecast.patterns.some((pattern) => pattern.pattern_id === patternId) ?? false;
        log.record('learning.twin-uses-pattern', used, {
          unit: 'flag',
          source: 'forecast of the twin customer',
          sampleSize: forecast?.forecast.patterns.length ?? 0,
        });
        log.record('learning.twin-forecast', forecast?.estimated_savings ?? null, {
          unit: 'USD/month',
          source: `GET /customers/{id}/recommendations of ${twin.customerId}`,
        });
        return {
          evidence: log.evidence,
          notes: [
            patternId === null
              ? `No pattern stored for ${subject.customerId}`
              : `Pattern stored: ${patternId}`,
            `Forecast for a twin customer: ${showUsd(forecast?.estimated_savings ?? null)}/month`,
          ],
          output: {},
        };
      }),
  };
}

async function awaitOutcome(
  { harness, database }: ActivityDependencies,
  optimizationId: string,
  progress: (details: unknown) => void,
): Promise<Outcome | null> {
  const look = async () => {
    const [row] = await database.rows<Outcome>(
      `SELECT pattern_id, predicted_savings_usd_per_month AS predicted, measured_savings_usd_per_month AS measured
       FROM outcomes WHERE optimization_id = $1`,
      [optimizationId],
    );
    return row === undefined || row.pattern_id === null
      ? ({ done: false, observed: row ?? 'no outcome row' } as const)
      : ({ done: true, value: row } as const);
  };
  try {
    return await waitForCondition(look, {
      condition: `the outcome of ${optimizationId}`,
      deadlineMs: OUTCOME_DEADLINE_MS,
      intervalMs: 150,
      clock: harness.clock,
      onObservation: progress,
    });
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  }
}

/** Equal scores may come in any order, so "nearest" means that nothing scores better than the pattern itself. */
async function recordPattern(
  { patterns }: ActivityDependencies,
  log: EvidenceLog,
  patternId: string | null,
): Promise<void> {
  const vector = patternId === null ? null : await patterns.vectorOf(patternId);
  log.record('learning.pattern-in-qdrant', vector !== null, {
    unit: 'flag',
    source: 'Qdrant optimization_patterns',
  });
  const neighbours = vector === null ? [] : await patterns.nearest(vector, 50);
  const own = neighbours.find(({ id }) => id === patternId);
  const best = neighbours[0];
  const isNearest = own !== undefined && best !== undefined && Math.abs(best.score - own.score) < 1e-5;
  log.record('learning.nearest-neighbour', isNearest, {
    unit: 'flag',
    source: 'Qdrant optimization_patterns',
    sampleSize: neighbours.length,
  });
}

async function forecastForTwin(
  { harness }: ActivityDependencies,
  twin: RunSubject,
  progress: (details: unknown) => void,
): Promise<Recommendation | null> {
  const client = harness.clientOf(twin.email);
  const { analysis_id: analysisId } = await client.analyze(
    twin.customerId,
    'cost',
    `${attemptKey()}-twin-analysis`,
  );
  try {
    return await waitForRecommendation(client, twin.customerId, (each) => each.analysis_id === analysisId, {
      clock: harness.clock,
      deadlineMs: TWIN_DEADLINE_MS,
      intervalMs: 150,
      onObservation: progress,
    });
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  }
}
