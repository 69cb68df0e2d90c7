import { describe, expect, it } from 'vitest';

import { ACME_ENGINE } from '../../../../src/world/serving/acceptance/cases.ts';
import { CHUNKED, expectedIterationMs, nodeWith, PAGED, request } from './support.ts';

describe('one request on an idle node', () => {
  it('takes one prefill and an iteration for each further token', () => {
    const node = nodeWith();
    node.submit(request('a', 1_000));
    const [done] = node.advanceTo(10_000);
    const ttft = expectedIterationMs(340, 0);
    expect(done?.ttftMs).toBeCloseTo(ttft, 9);
    expect(done?.latencyMs).toBeCloseTo(ttft + 11 * expectedIterationMs(0, 1), 9);
    expect(done).toMatchObject({ requestId: 'a', outputTokens: 12, cachedTokens: 0, errorReason: null });
  });

  it('ends with the prefill when it wants one token', () => {
    const node = nodeWith();
    node.submit(request('a', 0, { outputTokens: 1 }));
    const [done] = node.advanceTo(1_000);
    expect(done?.latencyMs).toBe(done?.ttftMs);
  });

  it('computes only what the prefix cache lacks', () => {
    const node = nodeWith({ configuration: { ...PAGED, prefix_caching: true } });
    node.submit(request('a', 0));
    const [done] = node.advanceTo(10_000);
    expect(done?.cachedTokens).toBe(170);
    expect(done?.ttftMs).toBeCloseTo(expectedIterationMs(170, 0), 9);
  });

  it('computes at least one prompt token when all is cached', () => {
    const node = nodeWith({ configuration: { ...PAGED, prefix_caching: true } });
    node.submit(request('a', 0, { sharedPrefixShare: 1 }));
    expect(node.advanceTo(10_000)[0]?.cachedTokens).toBe(339);
  });

  it('is slowed by the slow factor from the next iteration on', () => {
    const healthy = nodeWith();
    const sick = nodeWith({ slowFactor: 1.5 });
    for (const node of [healthy, sick]) node.submit(request('a', 0));
    const [fast] = healthy.advanceTo(10_000);
    const [slow] = sick.advanceTo(10_000);
    expect(slow?.latencyMs).toBeCloseTo(1.5 * (fast?.latencyMs ?? 0), 6);
    sick.setSlowFactor(1);
    sick.submit(request('b', 20_000));
    expect(sick.advanceTo(30_000)[0]?.latencyMs).toBeCloseTo(fast?.latencyMs ?? 0, 6);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the slow factor %s', (factor) => {
    expect(() => nodeWith({ slowFactor: factor })).toThrow(/factor/);
  });
});

describe('scheduling', () => {
  it('prefill_first lets a new prompt stop the decodes', () => {
    const node = nodeWith();
    node.submit(request('a', 0));
    node.submit(request('b', 60));
    const done = node.advanceTo(10_000);
    const alone = expectedIterationMs(340, 0) + 11 * expectedIterationMs(0, 1);
    expect(done.find(({ requestId }) => requestId === 'a')?.latencyMs).toBeGreaterThan(
      alone + expectedIterationMs(340, 0) - 0.01,
    );
  });

  it('prefill_first takes whole prompts up to 8,192 tokens', () => {
    const node = nodeWith({ configuration: PAGED });
    for (const id of ['a', 'b', 'c']) node.submit(request(id, 0, { inputTokens: 3_000, outputTokens: 1 }));
    const done = node.advanceTo(60_000);
    const first = expectedIterationMs(6_000, 0);
    expect(done.map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c']);
    expect(done[0]?.ttftMs).toBeCloseTo(first, 6);
    expect(done[1]?.ttftMs).toBeCloseTo(first, 6);
    expect(done[2]?.ttftMs).toBeCloseTo(first + expectedIterationMs(3_000, 0), 6);
  });

  it('chunked cuts a long prompt at 2,048 tokens an iteration', () => {
    const node = nodeWith({ configuration: CHUNKED });
    node.submit(request('a', 0, { inputTokens: 5_000, outputTokens: 1 }));
    const [done] = node.advanceTo(60_000);
    const chunks = [2_048, 2_048, 904].map((tokens) => expectedIterationMs(tokens, 0));
    expect(done?.ttftMs).toBeCloseTo(
      chunks.reduce((sum, ms) => sum + ms, 0),
      6,
    );
  });

  it('chunked goes on decoding while a prompt is read', () => {
    const node = nodeWith({ configuration: CHUNKED });
    node.submit(request('a', 0, { outputTokens: 3 }));
    node.submit(request('b', 60, { outputTokens: 1 }));
    const done = node.advanceTo(10_000);
    const [a, b] = ['a', 'b'].map((id) => done.find(({ requestId }) => requestId === id));
    // a: prefill, one shared iteration with b's prompt, one decode.
    const shared = expectedIterationMs(340, 1);
    const prefill = expectedIterationMs(340, 0);
    expect(a?.latencyMs).toBeCloseTo(
      prefill + 2 * expectedIterationMs(0, 1) + (shared - expectedIterationMs(0, 1)),
      6,
    );
    expect(b?.latencyMs).toBeLessThanOrEqual(prefill + shared);
  });

  it('changes the scheduler without losing a half-read prompt', () => {
    const node = nodeWith({ configuration: CHUNKED });
    node.submit(request('a', 0, { inputTokens: 6_000, outputTokens: 2 }));
    expect(node.advanceTo(100)).toEqual([]);
    node.setConfiguration(ACME_ENGINE);
    expect(node.configuration).toBe(ACME_ENGINE);
    expect(node.advanceTo(60_000)).toMatchObject([{ requestId: 'a', errorReason: null, outputTokens: 2 }]);
  });
});

describe('slots', () => {
  const burst = (count: number) =>
    Array.from({ length: count }, (_, index) => request(`r${String(index)}`, 0));

  it('static allocation admits the KV cache divided by the longest context', () => {
    const node = nodeWith();
    for (const item of burst(60)) node.submit(item);
    // Three prefill iterations admit all that fit, 460,000 / 8,192 = 56, before the first answer ends.
    node.advanceTo(2_300);
    expect(node.queueLength()).toBe(4);
    expect(node.inFlight()).toBe(60);
  });

  it('paged allocation admits 256 at most', () => {
    const node = nodeWith({ configuration: CHUNKED });
    for (const item of burst(300)) node.submit({ ...item, inputTokens: 1, outputTokens: 400 });
    node.advanceTo(100);
    expect(node.queueLength()).toBe(300 - 256);
  });

  it('paged allocation admits no more than the KV cache holds', () => {
    const configuration = { ...CHUNKED, max_model_len: 200_000 };
    const node = nodeWith({ configuration, queueTimeoutMs: Number.POSITIVE_INFINITY });
    for (const item of burst(3)) node.submit({ ...item, inputTokens: 190_000, outputTokens: 3_000 });
    // Two hold 386,000 of 460,000 tokens; the third fits when one of them ends.
    node.advanceTo(100_000);
    expect([node.queueLength(), node.inFlight()]).toEqual([1, 3]);
    expect(node.advanceTo(400_000)).toHaveLength(3);
  });

  it('takes a request that a narrower configuration would not, once the engine is empty', () => {
    const node = nodeWith({ configuration: PAGED });
    node.submit(request('a', 0, { outputTokens: 300 }));
    node.submit(request('long', 10, { inputTokens: 4_000 }));
    node.setConfiguration({ ...ACME_ENGINE, max_model_len: 2_048 });
    const done = node.advanceTo(60_000);
    expect(done.map(({ errorReason }) => errorReason)).toEqual([null, null]);
  });
});

describe('errors', () => {
  it('a request that waits over ten seconds fails at that moment', () => {
    const node = nodeWith({ slowFactor: 400 });
    node.submit(request('a', 0));
    node.submit(request('b', 1));
    const done = node.advanceTo(60_000);
    expect(done).toMatchObject([
      {
        requestId: 'b',
        errorReason: 'queue_timeout',
        latencyMs: 10_000,
        finishedAtMs: 10_001,
        outputTokens: 0,
      },
    ]);
  });

  it('a prompt longer than the context fails at once', () => {
    const node = nodeWith();
    node.submit(request('a', 5, { inputTokens: 8_190, outputTokens: 3 }));
    expect(node.advanceTo(5)).toMatchObject([{ errorReason: 'prompt_too_long', latencyMs: 0 }]);
  });

  it('a lost node fails everything on it, answered or not, and takes nothing more', () => {
    const node = nodeWith();
    node.submit(request('decoding', 0, { outputTokens: 500 }));
    node.submit(request('late', 900));
    node.advanceTo(300);
    const lost = node.abandon();
    expect(lost.map(({ requestId, errorReason }) => [requestId, errorReason])).toEqual([
      ['decoding', 'node_lost'],
      ['late', 'node_lost'],
    ]);
    expect(lost[0]?.ttftMs).toBeCloseTo(expectedIterationMs(340, 0), 9);
    expect(lost[0]?.outputTokens).toBeGreaterThan(1);
    expect(lost[0]?.finishedAtMs).toBe(300);
    expect(node.inFlight()).toBe(0);
    expect(node.advanceTo(10_000)).toEqual([]);
    expect(() => {
      node.submit(request('after', 400));
    }).toThrow(/i-1 is lost/);
  });

  it('refuses a configuration the hardware cannot run and keeps the old one', () => {
    const node = nodeWith();
    expect(() => {
      node.setConfiguration({ ...ACME_ENGINE, tensor_parallel_size: 4 });
    }).toThrow(/tensor_parallel_size: 4 does not fit/);
    expect(node.configuration).toBe(ACME_ENGINE);
  });
});

describe('what a node tells about itself', () => {
  it('busy share is the work done in the window', () => {
    const node = nodeWith();
    expect(node.busyShare(1_000)).toBe(0);
    node.advanceTo(0);
    node.submit(request('a', 0));
    node.advanceTo(1_000);
    const workMs = expectedIterationMs(340, 0) + 11 * expectedIterationMs(0, 1);
    expect(node.busyShare(1_000)).toBeCloseTo(workMs / 1_000, 9);
    node.advanceTo(2_000);
    expect(node.busyShare(1_000)).toBe(0);
    expect(node.busyShare(2_000)).toBeCloseTo(workMs / 2_000, 9);
  });

  it('samples about one iteration in twenty, a few per cent off the true duration', () => {
    const node = nodeWith();
    node.submit(request('a', 0, { inputTokens: 100, outputTokens: 8_000 }));
    node.advanceTo(1_000_000);
    const samples = node.takeIterationSamples();
    expect(samples.length).toBeGreaterThan(300);
    expect(samples.length).toBeLessThan(500);
    const relative = samples
      .filter(({ prefill_tokens }) => prefill_tokens === 0)
      .map(({ duration_ms }) => Math.log(duration_ms / expectedIterationMs(0, 1)));
    const mean = relative.reduce((sum, value) => sum + value, 0) / relative.length;
    const sd = Math.sqrt(relative.reduce((sum, value) => sum + (value - mean) ** 2, 0) / relative.length);
    expect(Math.abs(mean)).toBeLessThan(0.006);
    expect(sd).toBeGreaterThan(0.025);
    expect(sd).toBeLessThan(0.035);
    expect(samples.every((sample) => sample.instance_id === 'i-1' && sample.decoding_requests <= 1)).toBe(
      true,
    );
    expect(node.takeIterationSamples()).toEqual([]);
  });
});
