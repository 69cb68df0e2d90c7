import type { TelemetryBatch } from '../../contracts/api/agent-runtime.ts';
import type { RuntimeContext } from './context.ts';
import { RuntimeRefused } from './context.ts';
import type { TelemetryDelivery } from './host.ts';
import { persist } from './persist.ts';
import { createTelemetryBuffer, type TelemetryBuffer } from './telemetry-buffer.ts';

/** With this much waiting a batch leaves at once, about 250 kB of JSON. */
const BATCH_REQUESTS = 1_000;
/**
 * What one batch may carry when more has piled up, about 2 MB of the 10 MB that the platform takes: on a slow machine
 * a batch costs its round trip, not its size, and a fixed small one would fall behind for ever.
 */
const LARGEST_BATCH_REQUESTS = 8_000;
const SHIP_INTERVAL_MS = 250;
/** 90 s of the reference traffic at time scale 60: three times the outage that must not lose anything. */
const BUFFER_BOUND = 250_000;

export interface TelemetryShipper {
  accept(delivery: TelemetryDelivery): void;
  /** Ships in order, one batch at a time, until aborted or refused for good. */
  run(): Promise<never>;
  /** Request records the platform has confirmed. */
  readonly shipped: number;
  /** Request records lost at the bound or refused as malformed. */
  readonly lost: number;
}

export function createTelemetryShipper(context: RuntimeContext, bound = BUFFER_BOUND): TelemetryShipper {
  const { clock, logger, signal } = context;
  /** One a deployment: a batch belongs to one, and a loud one must not fill the room of a quiet one. */
  const buffers = new Map<string, TelemetryBuffer>();
  for (const deployment of context.host.deployments) buffers.set(deployment, createTelemetryBuffer(bound));
  let shipped = 0;
  let refused = 0;
  let overflowing = false;

  const deliver = async (batch: TelemetryBatch): Promise<void> => {
    const body = JSON.stringify(batch);
    const answer = await persist(() => context.call('POST', '/agent-runtime/telemetry', body), {
      what: 'telemetry',
      clock,
      logger,
      signal,
    });
    if (answer.kind === 'ok') {
      shipped += batch.requests.length;
      return;
    }
    if (answer.status === 401 || answer.status === 403) throw new RuntimeRefused(answer.reason);
    // The same bytes would be refused for ever; holding on to them would stop everything behind them.
    refused += batch.requests.length;
    logger.error({ batch_id: batch.batch_id, reason: answer.reason }, 'telemetry batch refused and given up');
  };

  return {
    get shipped() {
      return shipped;
    },
    get lost() {
      return [...buffers.values()].reduce((sum, { dropped }) => sum + dropped, refused);
    },
    accept: (delivery) => {
      const lost = buffers.get(delivery.deployment)?.push(delivery) ?? 0;
      if (lost > 0 && !overflowing) logger.error({ bound }, 'telemetry buffer full: newest records dropped');
      overflowing = lost > 0;
    },
    run: async () => {
      for (;;) {
        const full = [...buffers.values()].some(({ size }) => size >= BATCH_REQUESTS);
        if (!full) await clock.sleepWall(SHIP_INTERVAL_MS, signal);
        for (const [deployment, buffer] of buffers) {
          const content = buffer.take(LARGEST_BATCH_REQUESTS);
          if (content !== undefined) await deliver({ batch_id: context.ids('bat'), deployment, ...content });
        }
      }
    },
  };
}
