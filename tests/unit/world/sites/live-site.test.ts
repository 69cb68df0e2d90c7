import { afterEach, describe, expect, test, vi } from 'vitest';

import { anchorNow, createClock } from '../../../../src/support/clock.ts';
import { sequentialIds } from '../../../../src/support/ids.ts';
import { createLogger } from '../../../../src/support/logging.ts';
import { createSites, type Sites } from '../../../../src/world/sites/sites.ts';
import { ACME_FLEET, acmeAt, PROD } from './acme.ts';
import { createFakeCloud } from './fake-cloud.ts';

/** A cold start takes 60 ms of wall time. */
const TIME_SCALE = 10_000;
const QUIET = acmeAt(0.05, { nodes: 2 });

let sites: Sites | undefined;
afterEach(async () => {
  await sites?.close();
});

async function open() {
  const cloud = createFakeCloud();
  const clock = createClock(anchorNow(TIME_SCALE));
  const logger = createLogger('test', 'silent');
  sites = createSites({
    clouds: { aws: cloud, gcp: createFakeCloud('gcp') },
    coldStart: 'standard',
    clock,
    ids: sequentialIds(),
    logger,
  });
  const { siteId } = await sites.create(QUIET);
  return { cloud, site: sites.get(siteId) };
}

const TUNED = { ...ACME_FLEET.engineConfiguration, quantization: 'int8' } as const;

describe('a site left to itself', () => {
  test('serves, notices a new node and brings it up', async () => {
    const { cloud, site } = await open();
    const { instanceId } = cloud.launch('spot');
    await vi.waitFor(
      () =>
        expect(site.state().nodes.find((node) => node.instanceId === instanceId)).toMatchObject({
          state: 'ready',
          weight: 0,
        }),
      { timeout: 5_000 },
    );
    expect(site.state().requestsServed).toBeGreaterThan(0);
  });

  test('answers when the engine serves its new configuration', async () => {
    const { site } = await open();
    const { signal } = new AbortController();
    await expect(site.host.configureEngine(PROD, 'i-1', TUNED, signal)).resolves.toBeUndefined();
    expect(site.state().nodes[0]?.state).toBe('ready');
  });

  test('answers with the problem when the node goes away meanwhile', async () => {
    const { cloud, site } = await open();
    const applied = site.host.configureEngine(PROD, 'i-1', TUNED, new AbortController().signal);
    cloud.terminate('i-1');
    await site.poll();
    await expect(applied).resolves.toBe('the node has gone');
  });

  test('gives every machine of its account back when it ends, others’ included', async () => {
    const { cloud } = await open();
    cloud.launch('spot', { tags: {} });
    await sites?.close();
    expect(cloud.live()).toEqual([]);
    expect(sites?.list()).toEqual([]);
  });
});
