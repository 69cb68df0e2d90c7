import { expect, test } from 'vitest';

import { observeDeployment } from '../../../../../../src/platform/agents/kit/observation/observe-deployment.ts';
import type { AgentServices } from '../../../../../../src/platform/agents/kit/services.ts';
import type { TelemetryWindow } from '../../../../../../src/platform/agents/kit/telemetry/types.ts';
import { acme, fakeServices, NOW_WORLD_MS } from '../../fakes.ts';

const MINUTE_MS = 60_000;
const context = acme();
const [deployment] = context.deployments;
if (deployment === undefined) throw new Error('Acme runs nothing');

/** Telemetry in which `requestsPerSecond` come; notes each window that is asked for. */
async function watched(requestsPerSecond: number, windows: TelemetryWindow[] = []): Promise<AgentServices> {
  const services = fakeServices();
  const anyWindow: TelemetryWindow = {
    customerId: context.customer_id,
    deployment: 'vllm-prod-1',
    fromMs: 0,
    toMs: NOW_WORLD_MS,
  };
  const seen = await services.telemetry.requests(anyWindow);
  if (seen === null) throw new Error('the fake has no requests');
  return {
    ...services,
    telemetry: {
      ...services.telemetry,
      requests: async (window) => {
        windows.push(window);
        const requests = ((window.toMs - window.fromMs) / 1000) * requestsPerSecond;
        return requests < 1 ? null : { ...seen, requests, lastArrivalMs: window.toMs };
      },
    },
  };
}

function changedAgo(ms: number): typeof deployment & object {
  return { ...deployment!, unchanged_since: new Date(NOW_WORLD_MS - ms).toISOString() };
}

test('looks back ten minutes where they hold enough requests', async () => {
  const windows: TelemetryWindow[] = [];
  const result = await observeDeployment(await watched(45, windows), context, deployment);
  expect(result).toMatchObject({ ok: true, observation: { requests: { requests: 27_000 } } });
  expect(windows.map(({ fromMs }) => fromMs)).toEqual([NOW_WORLD_MS - 10 * MINUTE_MS]);
});

test('looks back no further than the last change', async () => {
  const windows: TelemetryWindow[] = [];
  const result = await observeDeployment(await watched(45, windows), context, changedAgo(4 * MINUTE_MS));
  expect(result).toMatchObject({ ok: true, observation: { requests: { requests: 10_800 } } });
  expect(new Set(windows.map(({ fromMs }) => fromMs))).toEqual(new Set([NOW_WORLD_MS - 4 * MINUTE_MS]));
});

test('waits a moment for requests after a change that has just ended', async () => {
  const result = await observeDeployment(await watched(1_000), context, changedAgo(0));
  expect(result).toMatchObject({ ok: true });
  if (!result.ok) return;
  expect(result.observation.requests.requests).toBeGreaterThanOrEqual(2_000);
});

test('says nothing of a changed fleet from too few requests', async () => {
  const result = await observeDeployment(await watched(45), context, changedAgo(20_000));
  expect(result).toMatchObject({ ok: false });
  if (result.ok) return;
  expect(result.reason).toMatch(/that suffices: \d+ requests, 2000 are needed/);
});
