import { describe, expect, test } from 'vitest';

import type { GoldenAnswer } from '../../../../src/contracts/api/agent-runtime.ts';
import type { Fault } from '../../../../src/contracts/world.ts';
import { acmeAt, PROD } from './acme.ts';
import { errorReasons, siteBench, type SiteBench } from './site-bench.ts';

const MINUTE_MS = 60_000;

/** Lets time pass until the prompts are answered; the clock stands still otherwise, so the wait itself never ends. */
async function ask(
  bench: SiteBench,
  prompts: number,
  worldMs = MINUTE_MS,
  deployment = PROD,
): Promise<GoldenAnswer[]> {
  const order = { golden_run_id: `gld_${bench.clock.worldMs()}`, deployment, prompts };
  const stop = new AbortController();
  const pending = bench.site.host.askGolden(order, stop.signal).catch(() => undefined);
  const records = await bench.observe(worldMs);
  stop.abort();
  await pending;
  return records
    .filter(({ request_id: id }) => id.startsWith(order.golden_run_id))
    .map((record) => ({
      prompt_id: record.request_id.split('/')[1] ?? '',
      instance_id: record.instance_id,
      answered_at_ms: record.arrived_at_ms + record.latency_ms,
      latency_ms: record.latency_ms,
      quality_score: record.quality_score ?? Number.NaN,
    }))
    .sort((left, right) => left.prompt_id.localeCompare(right.prompt_id));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};
const scores = (answers: readonly GoldenAnswer[]) => answers.map(({ quality_score: score }) => score);

describe('golden prompts', () => {
  test('are asked as real requests, beside the users’, in well under a minute', async () => {
    const bench = await siteBench();
    await bench.run(MINUTE_MS);
    const answers = await ask(bench, 200);
    expect(answers).toHaveLength(200);
    expect(answers[0]?.prompt_id).toBe('golden-000');
    expect(new Set(answers.map(({ instance_id: id }) => id)).size).toBe(4);
    expect(errorReasons(bench.log.requests)).toEqual([]);
    expect(new Set(bench.log.requests.map(({ request_id: id }) => id)).size).toBe(bench.log.requests.length);
  });

  test('pair: two askings of a healthy fleet differ by far less than their answers spread', async () => {
    const bench = await siteBench();
    const [first, second] = [await ask(bench, 200), await ask(bench, 200)];
    const differences = scores(first).map((score, index) => score - (scores(second)[index] ?? Number.NaN));
    expect(Math.abs(mean(differences))).toBeLessThan(0.01);
    expect(sd(differences)).toBeLessThan(0.75 * sd(scores(first)));
  });

  test('37 pairs see a real fault of 8 %, at every one of 20 seeds', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const bench = await siteBench({ ...acmeAt(20), seed });
      const before = scores(await ask(bench, 37, 30_000));
      await bench.site.addFault({ kind: 'bad-revision', revision: 'main', drop: 0.08 });
      const after = scores(await ask(bench, 37, 30_000));
      const drops = before.map((score, index) => score - (after[index] ?? Number.NaN));
      const standardError = sd(drops) / Math.sqrt(drops.length);
      expect(mean(drops) / standardError).toBeGreaterThan(3);
    }
  });

  test('that meet a lost node stay without an answer, and the result says why', async () => {
    const bench = await siteBench(acmeAt(0.01, { nodes: 1 }));
    bench.cloud.terminate('i-1');
    await bench.run(3_000);
    const outcome = await settled(bench, 3);
    expect(outcome).toEqual({ answers: [], problem: '3 without an answer: no_ready_node' });
  });

  test('of a deployment that is not here are nobody’s', async () => {
    const bench = await siteBench();
    const order = { golden_run_id: 'gld_1', deployment: 'other', prompts: 3 };
    await expect(bench.site.host.askGolden(order, new AbortController().signal)).resolves.toEqual({
      answers: [],
      problem: 'no deployment other here',
    });
  });
});

/** What the host reports: each of its looks lets a second pass. */
async function settled({ site, clock }: SiteBench, prompts: number) {
  const order = { golden_run_id: 'gld_lost', deployment: PROD, prompts };
  const stop = new AbortController();
  const sleepWall = clock.sleepWall.bind(clock);
  clock.sleepWall = async (ms, signal) => {
    if (signal !== stop.signal) return sleepWall(ms, signal);
    clock.moveWorld(1_000);
    site.tick();
  };
  return site.host.askGolden(order, stop.signal);
}

describe('faults strike only what they name', () => {
  const meanScore = async (fault: Fault) => {
    const bench = await siteBench();
    await bench.site.addFault(fault);
    return mean(scores(await ask(bench, 100)));
  };

  test('a revision, a template', async () => {
    const [bad, other, template, otherTemplate] = await Promise.all([
      meanScore({ kind: 'bad-revision', revision: 'main', drop: 0.2 }),
      meanScore({ kind: 'bad-revision', revision: 'v2', drop: 0.2 }),
      meanScore({ kind: 'bad-template', chatTemplate: 'llama-3', drop: 0.2 }),
      meanScore({ kind: 'bad-template', chatTemplate: 'broken', drop: 0.2 }),
    ]);
    expect(other - bad).toBeGreaterThan(0.15);
    expect(otherTemplate - template).toBeGreaterThan(0.15);
    expect(other).toBe(otherTemplate);
  });

  test('a quantization', async () => {
    const latency = async (quantization: 'bf16' | 'fp8') => {
      const bench = await siteBench();
      await bench.site.addFault({ kind: 'slow-quantization', quantization, factor: 1.3 });
      const records = await bench.observe(2 * MINUTE_MS);
      return mean(records.map(({ latency_ms: latencyMs }) => latencyMs));
    };
    expect((await latency('bf16')) / (await latency('fp8'))).toBeGreaterThan(1.25);
  });

  test('spot capacity of the named zones, or of all, until it is cleared', async () => {
    const { site } = await siteBench();
    expect(site.hasSpotCapacity('us-east-1a')).toBe(true);
    await site.addFault({ kind: 'no-spot-capacity', zones: ['us-east-1a'] });
    expect([site.hasSpotCapacity('us-east-1a'), site.hasSpotCapacity('us-east-1b')]).toEqual([false, true]);
    await site.addFault({ kind: 'no-spot-capacity', zones: [] });
    expect(site.hasSpotCapacity('us-east-1b')).toBe(false);
    await site.clearFaults();
    expect(site.hasSpotCapacity('us-east-1a')).toBe(true);
  });

  test('the market’s own interruption leaves its zone without capacity until its outage is over', async () => {
    const bench = await siteBench({ ...acmeAt(0.01), preset: 'harsh' });
    bench.cloud.launch('spot');
    const dry = () => !bench.site.hasSpotCapacity('us-east-1a');
    for (let minute = 0; minute < 6_000 && !dry(); minute += 1) await bench.run(MINUTE_MS, MINUTE_MS);
    expect(dry()).toBe(true);
    expect(bench.site.hasSpotCapacity('us-east-1b')).toBe(true);
    for (let minute = 0; minute < 6_000 && dry(); minute += 1) await bench.run(MINUTE_MS, MINUTE_MS);
    expect(dry()).toBe(false);
  });

  test('the guard holds the newest on-demand nodes, follows its fault, and the site can still end', async () => {
    const bench = await siteBench();
    await bench.site.addFault({ kind: 'termination-protection', nodes: 1 });
    expect([...bench.cloud.guarded]).toEqual(['i-4']);
    await bench.site.clearFaults();
    expect([...bench.cloud.guarded]).toEqual([]);
    await bench.site.addFault({ kind: 'termination-protection', nodes: 2 });
    expect([...bench.cloud.guarded]).toEqual(['i-3', 'i-4']);
    await bench.site.addFault({ kind: 'termination-protection', nodes: 1, instanceIds: ['i-1'] });
    expect([...bench.cloud.guarded].sort()).toEqual(['i-1', 'i-3', 'i-4']);
    await bench.sites.close();
    expect(bench.cloud.live()).toEqual([]);
  });
});
