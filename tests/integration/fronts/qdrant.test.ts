import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { openFront, type Front } from './front-process.ts';

/**
 * What the platform needs of Qdrant, asked with the official client. `CONFORMANCE_QDRANT_URL` points the same
 * questions at a real server.
 */
let front: Front;
let client: QdrantClient;
const COLLECTION = `conformance-${String(process.pid)}`;
const UUID = '5c56c793-69f3-4fbf-87e6-c4bf54c28c26';

const POINTS = [
  {
    id: 1,
    vector: [1, 0, 0],
    payload: { kind: 'spot', saving: 10, tags: ['a', 'b'], at: '2026-01-01T00:00:00Z' },
  },
  {
    id: 2,
    vector: [0, 1, 0],
    payload: { kind: 'spot', saving: 20, tags: ['b'], at: '2026-02-01T00:00:00Z' },
  },
  { id: UUID, vector: [0, 0, 1], payload: { kind: 'cache', saving: 30.5, nested: { deep: null } } },
];

async function failure(call: Promise<unknown>): Promise<{ status: number; text: string }> {
  const error = await call.then(
    () => expect.fail('the call was to fail'),
    (thrown: unknown) => thrown as { status: number; data?: unknown; message: string },
  );
  return { status: error.status, text: JSON.stringify(error.data) };
}

async function ids(filter: object): Promise<(string | number)[]> {
  const { points } = await client.scroll(COLLECTION, { filter, limit: 100 });
  return points.map(({ id }) => id);
}

beforeAll(async () => {
  front = await openFront('qdrant_front.py', 'CONFORMANCE_QDRANT_URL');
  client = new QdrantClient({ url: front.url, checkCompatibility: false });
  await client.createCollection(COLLECTION, { vectors: { size: 3, distance: 'Euclid' } });
  await client.upsert(COLLECTION, { wait: true, points: POINTS });
});

afterAll(async () => {
  await client.deleteCollection(COLLECTION);
  await front[Symbol.asyncDispose]();
});

afterEach(() => vi.restoreAllMocks());

describe('the server', () => {
  it('is of a version the client accepts', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const checking = new QdrantClient({ url: front.url });
    const { version } = await checking.versionInfo();
    expect(version).toMatch(/^1\.\d+\.\d+/);
    expect(warn).not.toHaveBeenCalled();
  });

  it('answers the probes of orchestrators', async () => {
    for (const path of ['healthz', 'livez', 'readyz']) {
      expect((await fetch(`${front.url}/${path}`)).status).toBe(200);
    }
  });
});

describe('collections', () => {
  it('are listed, described and known', async () => {
    expect((await client.getCollections()).collections).toContainEqual({ name: COLLECTION });
    expect(await client.collectionExists(COLLECTION)).toEqual({ exists: true });
    expect(await client.collectionExists('elsewhere')).toEqual({ exists: false });
    expect(await client.getCollection(COLLECTION)).toMatchObject({
      status: 'green',
      points_count: 3,
      config: { params: { vectors: { size: 3, distance: 'Euclid' } } },
    });
  });

  it('are made once and gone when deleted', async () => {
    const name = `${COLLECTION}-brief`;
    const vectors = { size: 2, distance: 'Cosine' } as const;
    expect(await client.createCollection(name, { vectors })).toBe(true);
    const second = await failure(client.createCollection(name, { vectors }));
    expect(second).toMatchObject({ status: 409, text: expect.stringContaining('already exists') as string });
    expect(await client.deleteCollection(name)).toBe(true);
    expect(await client.deleteCollection(name)).toBe(false);
    expect(await failure(client.getCollection(name))).toMatchObject({ status: 404 });
  });

  it('may have several vectors by name', async () => {
    const name = `${COLLECTION}-named`;
    const vectors = {
      fleet: { size: 2, distance: 'Dot' },
      traffic: { size: 1, distance: 'Manhattan' },
    } as const;
    await client.createCollection(name, { vectors });
    await client.upsert(name, {
      points: [
        { id: 1, vector: { fleet: [1, 2], traffic: [5] } },
        { id: 2, vector: { fleet: [3, 4], traffic: [1] } },
      ],
    });
    const byTraffic = await client.query(name, { query: [0], using: 'traffic', with_vector: ['fleet'] });
    expect(byTraffic.points).toMatchObject([
      { id: 2, score: 1, vector: { fleet: [3, 4] } },
      { id: 1, score: 5 },
    ]);
    await client.deleteCollection(name);
  });

  it('are refused with the reason', async () => {
    const make = (name: string, vectors: object): Promise<unknown> =>
      client.createCollection(name, { vectors } as Parameters<QdrantClient['createCollection']>[1]);
    expect(await failure(make('zero', { size: 0, distance: 'Dot' }))).toMatchObject({ status: 422 });
    expect(await failure(make('far', { size: 2, distance: 'Far' }))).toMatchObject({ status: 400 });
    expect(await failure(make('slash*', { size: 2, distance: 'Dot' }))).toMatchObject({ status: 422 });
  });
});

describe('points', () => {
  it('come back as they were', async () => {
    const found = await client.retrieve(COLLECTION, { ids: [1, UUID, 77], with_vector: true });
    expect(found).toMatchObject([POINTS[0]!, POINTS[2]!]);
    const [bare] = await client.retrieve(COLLECTION, { ids: [2], with_payload: false });
    expect(bare?.payload ?? null).toBeNull();
    const [part] = await client.retrieve(COLLECTION, { ids: [2], with_payload: ['kind'] });
    expect(part?.payload).toEqual({ kind: 'spot' });
  });

  it('are found by nearness, the distance as score', async () => {
    const { points } = await client.query(COLLECTION, { query: [1, 0, 0], limit: 2, with_payload: true });
    expect(points).toMatchObject([
      { id: 1, score: 0, payload: { kind: 'spot' } },
      { score: expect.closeTo(Math.SQRT2, 5) as number },
    ]);
    const searched = await client.search(COLLECTION, { vector: [0, 1, 0], limit: 1 });
    expect(searched).toMatchObject([{ id: 2, score: 0 }]);
  });

  it('are found by a filter together with nearness, and by a point', async () => {
    const filter = { must: [{ key: 'kind', match: { value: 'cache' } }] };
    const { points } = await client.query(COLLECTION, { query: [1, 0, 0], filter });
    expect(points.map(({ id }) => id)).toEqual([UUID]);
    const like = await client.query(COLLECTION, { query: UUID });
    expect(like.points.map(({ id }) => id).sort()).toEqual([1, 2]);
  });

  it.each([
    ['value', { must: [{ key: 'kind', match: { value: 'spot' } }] }, [1, 2]],
    ['any', { must: [{ key: 'saving', match: { any: [10, 30] } }] }, [1]],
    ['array element', { must: [{ key: 'tags', match: { value: 'b' } }] }, [1, 2]],
    ['range', { must: [{ key: 'saving', range: { gt: 10, lte: 30.5 } }] }, [2, UUID]],
    ['time', { must: [{ key: 'at', range: { gte: '2026-01-15T00:00:00Z' } }] }, [2]],
    ['not', { must_not: [{ key: 'kind', match: { value: 'spot' } }] }, [UUID]],
    ['or', { should: [{ key: 'saving', match: { value: 10 } }, { has_id: [UUID] }] }, [1, UUID]],
    ['missing', { must: [{ is_empty: { key: 'tags' } }] }, [UUID]],
    ['nested', { must: [{ must_not: [{ has_id: [1] }] }, { key: 'kind', match: { value: 'spot' } }] }, [2]],
  ])('are filtered by %s', async (_, filter, expected) => {
    expect(await ids(filter)).toEqual(expected);
    expect(await client.count(COLLECTION, { filter, exact: true })).toEqual({ count: expected.length });
  });

  it('are scrolled page by page', async () => {
    const first = await client.scroll(COLLECTION, { limit: 2 });
    expect(first.points.map(({ id }) => id)).toEqual([1, 2]);
    const second = await client.scroll(COLLECTION, { limit: 2, offset: first.next_page_offset as string });
    expect(second.points.map(({ id }) => id)).toEqual([UUID]);
    expect(second.next_page_offset ?? null).toBeNull();
  });

  it('change their payload and go', async () => {
    const name = `${COLLECTION}-changing`;
    await client.createCollection(name, { vectors: { size: 1, distance: 'Dot' } });
    await client.upsert(name, {
      batch: { ids: [1, 2], vectors: [[1], [2]], payloads: [{ a: 1 }, { a: 2 }] },
    });
    await client.setPayload(name, { payload: { b: 'new' }, points: [1] });
    await client.overwritePayload(name, { payload: { c: true }, filter: { must: [{ has_id: [2] }] } });
    const payloads = async (): Promise<unknown> =>
      (await client.retrieve(name, { ids: [1, 2] })).map(({ payload }) => payload);
    expect(await payloads()).toEqual([{ a: 1, b: 'new' }, { c: true }]);
    await client.deletePayload(name, { keys: ['a'], points: [1] });
    await client.clearPayload(name, { points: [2] });
    expect(await payloads()).toEqual([{ b: 'new' }, {}]);
    await client.delete(name, { points: [1] });
    await client.delete(name, { filter: { must: [{ has_id: [2] }] } });
    expect(await client.count(name)).toEqual({ count: 0 });
    await client.deleteCollection(name);
  });

  it('are ordered by an indexed field', async () => {
    const range = await failure(client.scroll(COLLECTION, { order_by: 'saving' }));
    expect(range).toMatchObject({ status: 400 });
    await client.createPayloadIndex(COLLECTION, { field_name: 'saving', field_schema: 'float', wait: true });
    const { points } = await client.scroll(COLLECTION, { order_by: { key: 'saving', direction: 'desc' } });
    expect(points.map(({ id }) => id)).toEqual([UUID, 2, 1]);
    expect((await client.getCollection(COLLECTION)).payload_schema).toMatchObject({
      saving: { data_type: 'float' },
    });
    await client.deletePayloadIndex(COLLECTION, 'saving', { wait: true });
  });

  it('are refused with the reason', async () => {
    const put = (point: object): Promise<unknown> =>
      client.upsert(COLLECTION, { wait: true, points: [point as (typeof POINTS)[number]] });
    expect(await failure(put({ id: 9, vector: [1, 2] }))).toMatchObject({
      status: 400,
      text: expect.stringContaining('expected dim: 3, got 2') as string,
    });
    expect(await failure(put({ id: 'nine', vector: [1, 2, 3] }))).toMatchObject({ status: 400 });
    expect(await failure(put({ id: -1, vector: [1, 2, 3] }))).toMatchObject({ status: 400 });
    expect(await failure(put({ id: 9 }))).toMatchObject({ status: 400 });
    expect(await failure(client.query(COLLECTION, { query: [1], limit: 1 }))).toMatchObject({ status: 400 });
    expect(await failure(client.count('elsewhere'))).toMatchObject({
      status: 404,
      text: expect.stringContaining("doesn't exist") as string,
    });
    expect(await client.count(COLLECTION)).toEqual({ count: 3 });
  });

  it('are refused when the body is not JSON, in the form of Qdrant', async () => {
    const answer = await fetch(`${front.url}/collections/${COLLECTION}/points/count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"exact": tru',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      status: { error: expect.stringContaining('Format error in JSON body') as string },
    });
  });

  it('survive many writers at once, ten thousand in all', async () => {
    const name = `${COLLECTION}-many`;
    await client.createCollection(name, { vectors: { size: 8, distance: 'Cosine' } });
    const write = async (writer: number): Promise<void> => {
      const points = Array.from({ length: 1_000 }, (_, index) => ({
        id: writer * 1_000 + index,
        vector: Array.from({ length: 8 }, (__, axis) => Math.sin(index + axis) + writer / 10),
        payload: { writer },
      }));
      await client.upsert(name, { wait: true, points });
      await client.query(name, { query: points[0]!.vector, limit: 3 });
    };
    await Promise.all(Array.from({ length: 10 }, (_, writer) => write(writer)));
    expect(await client.count(name, { exact: true })).toEqual({ count: 10_000 });
    const filter = { must: [{ key: 'writer', match: { value: 7 } }] };
    expect(await client.count(name, { exact: true, filter })).toEqual({ count: 1_000 });
    await client.deleteCollection(name);
  });
});
