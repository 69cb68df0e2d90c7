import {
  TERMINAL_OPTIMIZATION_STATUSES,
  type Optimization,
  type Recommendation,
} from '../contracts/api/recommendations.ts';
import type { MetricPoint, MetricType } from '../contracts/api/customers.ts';
import type { Clock } from '../support/clock.ts';
import { waitFor } from '../support/waiting.ts';
import type { OptiInfraClient } from './optiinfra-client.ts';

/** Waits re-read at each look, have a deadline in wall time, and say at its end what they saw last. */
export interface WaitSettings {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** 250 ms unless told. */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onObservation?: (observation: unknown) => void;
}

const INTERVAL_MS = 250;

/** The newest recommendation that `matches`, validated or still waiting for the opinions of other agents. */
export async function waitForRecommendation(
  client: OptiInfraClient,
  customerId: string,
  matches: (recommendation: Recommendation) => boolean,
  settings: WaitSettings,
): Promise<Recommendation> {
  return waitFor(
    async () => {
      const [offered, pending] = await Promise.all([
        client.recommendations(customerId),
        client.recommendations(customerId, { status: 'pending' }),
      ]);
      const all = [...offered, ...pending];
      const found = all.find(matches);
      if (found !== undefined) return { done: true, value: found };
      return { done: false, observed: all.map(({ id, type, status }) => ({ id, type, status })) };
    },
    { condition: `a matching recommendation of ${customerId}`, intervalMs: INTERVAL_MS, ...settings },
  );
}

/** The optimization in a terminal status, whichever it is: judging is the gates' affair. */
export async function waitForOptimizationComplete(
  client: OptiInfraClient,
  optimizationId: string,
  settings: WaitSettings & { readonly onProgress?: (optimization: Optimization) => unknown },
): Promise<Optimization> {
  return waitFor(
    async () => {
      const optimization = await client.optimization(optimizationId);
      await settings.onProgress?.(optimization);
      if (TERMINAL_OPTIMIZATION_STATUSES.includes(optimization.status))
        return { done: true, value: optimization };
      const steps = optimization.execution_steps.map(({ name, status }) => `${name}: ${status}`);
      return { done: false, observed: { status: optimization.status, steps } };
    },
    { condition: `the end of ${optimizationId}`, intervalMs: INTERVAL_MS, ...settings },
  );
}

/** The one point of a metric over the window `sinceMs`–now (world time) that satisfies `holds`. */
export async function waitForMetricChange(
  client: OptiInfraClient,
  customerId: string,
  metric: {
    readonly type: MetricType;
    readonly sinceMs: number;
    readonly holds: (point: MetricPoint) => boolean;
  },
  settings: WaitSettings,
): Promise<MetricPoint> {
  return waitFor(
    async () => {
      const series = await client.metrics(customerId, {
        metricType: metric.type,
        startMs: metric.sinceMs,
        endMs: settings.clock.worldMs(),
        resolution: 'all',
      });
      const point = series.points.at(-1);
      return point !== undefined && metric.holds(point)
        ? { done: true, value: point }
        : { done: false, observed: point ?? 'no samples' };
    },
    { condition: `${metric.type} of ${customerId} to change`, intervalMs: INTERVAL_MS, ...settings },
  );
}

/** Anything else: `look` re-reads and says when it is done. */
export { waitFor as waitForCondition } from '../support/waiting.ts';
