import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { FEATURE_NAMES } from '../../../src/platform/agents/kit/patterns/features.ts';
import { patternIdOf, type Pattern } from '../../../src/platform/agents/kit/patterns/pattern.ts';
import {
  createQdrantPatternStore,
  PATTERN_COLLECTION,
} from '../../../src/platform/agents/kit/patterns/qdrant-store.ts';
import { openFront, type Front } from '../fronts/front-process.ts';

let front: Front;
let client: QdrantClient;

beforeAll(async () => {
  front = await openFront('qdrant_front.py', 'QDRANT_URL');
  client = new QdrantClient({ url: front.url, checkCompatibility: false });
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await client.deleteCollection(PATTERN_COLLECTION);
});

/** A pattern that lies `at` along the first dimension. */
function pattern(name: string, at: number, changes: Partial<Pattern['payload']> = {}): Pattern {
  return {
    patternId: patternIdOf(name),
    features: FEATURE_NAMES.map((_feature, index) => (index === 0 ? at : 0.5)),
    payload: {
      kind: 'spot_migration',
      optimization_id: name,
      recommendation_id: 'rec_1',
      customer_id: 'cus_1',
      feature_names: FEATURE_NAMES,
      predicted_savings_usd_per_month: 55_000,
      repriced_savings_usd_per_month: 55_000,
      actual_savings_usd_per_month: 56_650,
      ratio: 1.03,
      predicted_latency_ms_p95: null,
      measured_latency_ms_p95: null,
      latency_ratio: null,
      status: 'completed',
      succeeded: true,
      recorded_at: '2026-11-22T12:00:00.000Z',
      ...changes,
    },
  };
}

describe('patterns in Qdrant', () => {
  it('makes the collection at the first use and finds nothing in it', async () => {
    const store = createQdrantPatternStore(front.url);
    expect(await store.nearest(pattern('x', 0).features, 5, 'spot_migration')).toEqual([]);
    const { config } = await client.getCollection(PATTERN_COLLECTION);
    expect(config.params.vectors).toMatchObject({ size: FEATURE_NAMES.length, distance: 'Euclid' });
  });

  it('returns the nearest first, with Euclidean distances', async () => {
    const store = createQdrantPatternStore(front.url);
    await store.save(pattern('far', 0.9));
    await store.save(pattern('near', 0.2, { ratio: null, succeeded: false }));
    await store.save(pattern('middle', 0.4));
    const found = await store.nearest(pattern('x', 0.1).features, 2, 'spot_migration');
    expect(found.map(({ patternId }) => patternId)).toEqual([patternIdOf('near'), patternIdOf('middle')]);
    expect(found[0]?.distance).toBeCloseTo(0.1, 5);
    expect(found[1]?.distance).toBeCloseTo(0.3, 5);
    expect(found[0]).toMatchObject({ ratio: null, succeeded: false });
  });

  it('keeps kinds of action apart', async () => {
    const store = createQdrantPatternStore(front.url);
    await store.save(pattern('other', 0.1, { kind: 'right_sizing' }));
    expect(await store.nearest(pattern('x', 0.1).features, 5, 'spot_migration')).toEqual([]);
    expect(await store.nearest(pattern('x', 0.1).features, 5, 'right_sizing')).toHaveLength(1);
  });

  it('keeps one point of one optimization and hands out what it holds by id', async () => {
    const store = createQdrantPatternStore(front.url);
    await store.save(pattern('opt_1', 0.1, { ratio: 1.1 }));
    await store.save(pattern('opt_1', 0.1));
    expect((await client.count(PATTERN_COLLECTION, { exact: true })).count).toBe(1);
    const [point] = await client.retrieve(PATTERN_COLLECTION, {
      ids: [patternIdOf('opt_1')],
      with_payload: true,
    });
    expect(point?.payload).toMatchObject({ optimization_id: 'opt_1', ratio: 1.03 });
  });

  it('survives that two agents make the collection at once', async () => {
    const stores = [createQdrantPatternStore(front.url), createQdrantPatternStore(front.url)];
    await Promise.all(stores.map((store, index) => store.save(pattern(`opt_${index}`, 0.1))));
    expect((await client.count(PATTERN_COLLECTION, { exact: true })).count).toBe(2);
  });

  it('says each time that the store is away', async () => {
    const store = createQdrantPatternStore('http://127.0.0.1:9');
    const ask = () => store.nearest(pattern('x', 0).features, 1, 'spot_migration');
    await expect(ask()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    await expect(ask()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  });
});
