import { z } from 'zod';

import { describeError } from '../../support/errors.ts';
import { exchange } from '../../support/http-exchange.ts';

/** What the orchestrator says of itself, or that it says nothing. */
export interface UpstreamHealth {
  readonly state: 'ready' | 'unavailable' | 'unreachable';
  readonly detail: string;
  readonly dependencies: readonly {
    readonly name: string;
    readonly healthy: boolean;
    readonly latencyMs: number;
  }[];
}

const TIME_LIMIT_MS = 3_000;
const answer = z.looseObject({
  status: z.string(),
  dependencies: z
    .array(z.looseObject({ name: z.string(), healthy: z.boolean(), latency_ms: z.number() }))
    .default([]),
});

/** Asks now; nothing is remembered, so the page never shows an old state as the present one. */
export async function readUpstreamHealth(orchestratorUrl: string): Promise<UpstreamHealth> {
  try {
    const response = await exchange(new URL('/health/ready', orchestratorUrl), {
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    const { dependencies } = answer.parse(JSON.parse(response.text));
    return {
      state: response.ok ? 'ready' : 'unavailable',
      detail: `HTTP ${String(response.status)}`,
      dependencies: dependencies.map(({ name, healthy, latency_ms }) => ({
        name,
        healthy,
        latencyMs: latency_ms,
      })),
    };
  } catch (error) {
    return { state: 'unreachable', detail: describeError(error), dependencies: [] };
  }
}
