import { describe, expect, test } from 'vitest';

import { ACME_FLEET, acmeWith, PROD } from './acme.ts';
import { errorReasons, shares, siteBench, type SiteBench } from './site-bench.ts';

const TUNED = { ...ACME_FLEET.engineConfiguration, prefix_caching: true, quantization: 'fp8' } as const;
/** Weights and warm-up of the standard image. */
const RESTART_MS = 330_000;

const stateOf = ({ site }: SiteBench, instanceId: string) =>
  site.state().nodes.find((node) => node.instanceId === instanceId)?.state;

function configure(
  bench: SiteBench,
  instanceId: string,
  configuration = TUNED,
  stop = new AbortController(),
) {
  return bench.site.host.configureEngine(PROD, instanceId, configuration, stop.signal);
}

describe('a changed engine configuration', () => {
  test('lets requests finish, restarts the engine, then serves with it and without a failed request', async () => {
    const bench = await siteBench();
    await bench.run(60_000);
    const stop = new AbortController();
    const applied = configure(bench, 'i-1', TUNED, stop);
    await bench.run(3_000);
    const restarting = await bench.observe(RESTART_MS - 60_000);
    expect(stateOf(bench, 'i-1')).toBe('cold');
    expect(shares(restarting)['i-1'] ?? 0).toBeLessThan(0.01);
    await bench.run(66_000);
    expect(stateOf(bench, 'i-1')).toBe('ready');
    const after = await bench.observe(60_000);
    expect(shares(after)['i-1']).toBeCloseTo(0.25, 1);
    expect(after.some((one) => one.instance_id === 'i-1' && one.cached_tokens > 0)).toBe(true);
    expect(errorReasons(bench.log.requests)).toEqual([]);
    stop.abort();
    await expect(applied).rejects.toThrow();
  });

  test('is in force at once where it is the present one', async () => {
    const bench = await siteBench();
    await expect(
      configure(bench, 'i-1', ACME_FLEET.engineConfiguration as typeof TUNED),
    ).resolves.toBeUndefined();
    expect(stateOf(bench, 'i-1')).toBe('ready');
  });

  test('that the hardware cannot run is refused with the field, and nothing restarts', async () => {
    const bench = await siteBench();
    const unfit = { ...TUNED, tensor_parallel_size: 3 };
    await expect(configure(bench, 'i-1', unfit as typeof TUNED)).resolves.toContain('tensor_parallel_size');
    await bench.run(3_000);
    expect(stateOf(bench, 'i-1')).toBe('ready');
  });

  test('for a node that does not exist is refused', async () => {
    await expect(configure(await siteBench(), 'i-9')).resolves.toBe('no such node');
  });

  test('is the deployment’s own once most nodes run it', async () => {
    const bench = await siteBench(acmeWith({ nodes: 3 }));
    const reported = () => bench.site.host.inventory().deployments[0]?.engine_configuration;
    const stop = new AbortController();
    const wishes = ['i-1', 'i-2'].map((instanceId) => configure(bench, instanceId, TUNED, stop));
    expect(reported()).toEqual(ACME_FLEET.engineConfiguration);
    await bench.run(RESTART_MS);
    expect(reported()).toEqual(TUNED);
    stop.abort();
    await Promise.allSettled(wishes);
  });
});
