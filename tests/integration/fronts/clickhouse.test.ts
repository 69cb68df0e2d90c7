import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseError,
} from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFront, type Front } from './front-process.ts';

/**
 * What the platform needs of ClickHouse, asked with the official client. `CONFORMANCE_CLICKHOUSE_URL` points the same
 * questions at a real server.
 */
let front: Front;
let client: ClickHouseClient;
const DATABASE = `conformance_${String(process.pid)}`;

function connect(options: Parameters<typeof createClient>[0] = {}): ClickHouseClient {
  const log = { level: ClickHouseLogLevel.OFF };
  return createClient({ url: front.url, database: DATABASE, log, ...options });
}

async function rows<T>(query: string, parameters: Record<string, unknown> = {}): Promise<T[]> {
  const result = await client.query({ query, query_params: parameters, format: 'JSONEachRow' });
  return result.json<T>();
}

async function failure(call: Promise<unknown>): Promise<ClickHouseError> {
  return call.then(
    () => expect.fail('the call was to fail'),
    (error: unknown) => error as ClickHouseError,
  );
}

async function count(table: string): Promise<number> {
  const [row] = await rows<{ count: string }>(`SELECT toString(count()) AS count FROM ${table}`);
  return Number(row!.count);
}

beforeAll(async () => {
  front = await openFront('clickhouse_front.py', 'CONFORMANCE_CLICKHOUSE_URL');
  await using first = connect({ database: 'default' });
  await first.command({ query: `CREATE DATABASE ${DATABASE}` });
  client = connect();
});

afterAll(async () => {
  await client.command({ query: `DROP DATABASE ${DATABASE}` });
  await client.close();
  await front[Symbol.asyncDispose]();
});

describe('asking', () => {
  it('answers a ping, also by a query', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toMatchObject({ success: true });
  });

  it('answers in JSON with types, statistics and rows', async () => {
    const result = await client.query({ query: 'SELECT number AS n FROM numbers(3)', format: 'JSON' });
    const answer = await result.json<{ n: string }>();
    expect(answer.meta).toEqual([{ name: 'n', type: 'UInt64' }]);
    expect(answer.data.map(({ n }) => Number(n))).toEqual([0, 1, 2]);
    expect(answer.rows).toBe(3);
  });

  it('answers an empty result in each format', async () => {
    const none = 'SELECT 1 AS n WHERE 0';
    expect(await (await client.query({ query: none, format: 'JSONEachRow' })).json()).toEqual([]);
    expect((await (await client.query({ query: none, format: 'JSON' })).json()).data).toEqual([]);
    expect(await (await client.query({ query: none, format: 'CSVWithNames' })).text()).toBe('"n"\n');
  });

  it('answers in compact JSON and in CSV', async () => {
    const query = "SELECT 1 AS a, 'x' AS b";
    const compact = await (await client.query({ query, format: 'JSONCompact' })).json();
    expect(compact.data).toEqual([[1, 'x']]);
    expect(await (await client.query({ query, format: 'CSVWithNames' })).text()).toBe('"a","b"\n1,"x"\n');
  });

  it('streams a large result row by row', async () => {
    const result = await client.query({
      query: 'SELECT number AS n FROM numbers(300000)',
      format: 'JSONEachRow',
    });
    let sum = 0;
    let seen = 0;
    for await (const batch of result.stream<{ n: string }>()) {
      for (const row of batch) sum += Number(row.json<{ n: string }>().n);
      seen += batch.length;
    }
    expect([seen, sum]).toEqual([300_000, (300_000 * 299_999) / 2]);
  });

  it('compresses what it answers and takes compressed data', async () => {
    await using zipped = connect({ compression: { request: true, response: true } });
    await zipped.command({ query: 'CREATE TABLE zipped (n UInt32) ENGINE = MergeTree ORDER BY n' });
    const values = Array.from({ length: 5_000 }, (_, n) => ({ n }));
    await zipped.insert({ table: 'zipped', values, format: 'JSONEachRow' });
    const result = await zipped.query({ query: 'SELECT n FROM zipped ORDER BY n', format: 'JSONEachRow' });
    expect(await result.json()).toEqual(values);
  });

  it('tells the query id back and what was read', async () => {
    const result = await client.query({ query: 'SELECT 1', query_id: 'my-query', format: 'JSONEachRow' });
    expect(result.query_id).toBe('my-query');
    expect(result.response_headers['x-clickhouse-query-id']).toBe('my-query');
    await result.text();
  });

  it('applies settings to the one statement', async () => {
    const setting = "SELECT toString(getSetting('max_block_size')) AS size";
    const with777 = await client.query({
      query: setting,
      clickhouse_settings: { max_block_size: '777' },
      format: 'JSONEachRow',
    });
    expect(await with777.json()).toEqual([{ size: '777' }]);
    expect(await rows(setting)).not.toEqual([{ size: '777' }]);
  });

  it('keeps time in UTC', async () => {
    expect(
      await rows("SELECT timezone() AS zone, toString(toDateTime('2026-01-02 03:04:05')) AS at"),
    ).toEqual([{ zone: 'UTC', at: '2026-01-02 03:04:05' }]);
  });
});

describe('parameters', () => {
  const hostile = [
    "'; DROP TABLE x; --",
    'back\\slash \\n \\\' "',
    'tab\tnew\nline\r\0',
    '{a:String}',
    'ünïcödé 🦆',
    '',
    '\\N',
    '%s?&=+#',
  ];

  it.each(hostile)('binds %j as it is', async (text) => {
    expect(await rows('SELECT {text:String} AS text', { text })).toEqual([{ text }]);
  });

  it('binds arrays, numbers, times, nulls and identifiers', async () => {
    const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    const [row] = await rows(
      `SELECT {list:Array(String)} AS list, {number:Float64} AS number, {at:DateTime64(3)} AS at,
              {none:Nullable(String)} AS none, count() AS count FROM {database:Identifier}.{table:Identifier}`,
      { list: hostile, number: 0.1, at, none: null, database: 'system', table: 'one' },
    );
    expect(row).toMatchObject({ list: hostile, number: 0.1, at: '2026-01-02 03:04:05.678', none: null });
  });

  it('takes many parameters as a form', async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `id-${String(index)}`);
    const result = await client.query({
      query: 'SELECT length({ids:Array(String)}) AS n',
      query_params: { ids },
      use_multipart_params: true,
      format: 'JSONEachRow',
    });
    expect((await result.json<{ n: string }>()).map(({ n }) => Number(n))).toEqual([5_000]);
  });

  it('refuses a value that is not of its type, and a missing one', async () => {
    expect(await failure(rows('SELECT {n:UInt8}', { n: 'many' }))).toMatchObject({ code: '457' });
    expect(await failure(rows('SELECT {n:UInt8}'))).toMatchObject({ code: '456' });
  });
});

describe('writing', () => {
  it('inserts ten thousand rows with times, nulls and low-cardinality texts', async () => {
    await client.command({
      query: `CREATE TABLE requests (id String, at DateTime64(3,'UTC'), status LowCardinality(String),
              latency_ms Float32, score Nullable(Float32)) ENGINE = MergeTree ORDER BY (at, id)`,
    });
    const values = Array.from({ length: 10_000 }, (_, n) => ({
      id: `req-${String(n)}`,
      at: new Date(Date.UTC(2026, 5, 1) + n).toISOString(),
      status: n % 100 === 0 ? 'error' : 'ok',
      latency_ms: n,
      score: n % 2 === 0 ? null : 0.5,
    }));
    const { executed, summary } = await client.insert({
      table: 'requests',
      values,
      format: 'JSONEachRow',
      clickhouse_settings: { date_time_input_format: 'best_effort' },
    });
    expect([executed, summary?.written_rows]).toEqual([true, '10000']);
    expect(
      await rows(`SELECT toString(count()) AS n, toString(countIf(status = 'error')) AS errors, toString(count(score)) AS scored,
                  quantileExact(0.95)(latency_ms) AS p95, toString(max(at)) AS last FROM requests`),
    ).toEqual([{ n: '10000', errors: '100', scored: '5000', p95: 9_500, last: '2026-06-01 00:00:09.999' }]);
  });

  it('takes named columns, and inserts from a select', async () => {
    await client.command({
      query: 'CREATE TABLE pairs (a UInt32, b String) ENGINE = MergeTree ORDER BY a',
    });
    await client.insert({ table: 'pairs', columns: ['a'], values: [{ a: 1 }], format: 'JSONEachRow' });
    await client.insert({ table: 'pairs', values: [[2, 'x;y']], format: 'JSONCompactEachRow' });
    await client.command({ query: 'INSERT INTO pairs SELECT number + 3, toString(number) FROM numbers(2)' });
    await client.command({ query: "INSERT INTO pairs VALUES (5, 'it''s')" });
    expect((await rows<{ b: string }>('SELECT b FROM pairs ORDER BY a')).map(({ b }) => b)).toEqual([
      '',
      'x;y',
      '0',
      '1',
      "it's",
    ]);
  });

  it('writes a batch with the same token once', async () => {
    await client.command({
      query: `CREATE TABLE batches (n UInt32) ENGINE = MergeTree ORDER BY n
              SETTINGS non_replicated_deduplication_window = 100`,
    });
    const batch = async (token: string, n: number): Promise<void> => {
      await client.insert({
        table: 'batches',
        values: [{ n }],
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplication_token: token },
      });
    };
    await batch('first', 1);
    await batch('first', 1);
    await batch('second', 1);
    expect(await count('batches')).toBe(2);
  });

  it('refuses a malformed row and writes nothing of its batch', async () => {
    await client.command({ query: 'CREATE TABLE strict (n UInt8) ENGINE = MergeTree ORDER BY n' });
    const values = [{ n: 1 }, { n: 'many' }];
    const error = await failure(client.insert({ table: 'strict', values, format: 'JSONEachRow' }));
    expect(error).toMatchObject({ code: '27', type: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED' });
    expect(await count('strict')).toBe(0);
  });

  it('keeps eight writers and eight readers apart', async () => {
    await client.command({
      query: 'CREATE TABLE busy (w UInt8, n UInt32) ENGINE = MergeTree ORDER BY (w, n)',
    });
    const write = async (w: number): Promise<void> => {
      for (let part = 0; part < 3; part += 1) {
        const values = Array.from({ length: 500 }, (_, index) => ({ w, n: part * 500 + index }));
        await client.insert({ table: 'busy', values, format: 'JSONEachRow' });
      }
    };
    const read = async (n: number): Promise<void> => {
      expect(await rows('SELECT {n:UInt32} AS n', { n })).toEqual([{ n }]);
    };
    const numbers = Array.from({ length: 8 }, (_, index) => index);
    await Promise.all([...numbers.map(write), ...numbers.flatMap((n) => [read(n), read(n + 100)])]);
    expect(await count('busy')).toBe(12_000);
    expect(await count('(SELECT DISTINCT w, n FROM busy)')).toBe(12_000);
  });
});

describe('tables', () => {
  it('keeps the newest row of a key in a ReplacingMergeTree', async () => {
    await client.command({
      query: 'CREATE TABLE latest (k String, v UInt32) ENGINE = ReplacingMergeTree(v) ORDER BY k',
    });
    await client.insert({ table: 'latest', values: [{ k: 'a', v: 2 }], format: 'JSONEachRow' });
    await client.insert({ table: 'latest', values: [{ k: 'a', v: 1 }], format: 'JSONEachRow' });
    expect(await rows('SELECT k, v FROM latest FINAL')).toEqual([{ k: 'a', v: 2 }]);
  });

  it('feeds a rollup by materialized view', async () => {
    await client.command({
      query: "CREATE TABLE samples (at DateTime64(3,'UTC'), ms Float32) ENGINE = MergeTree ORDER BY at",
    });
    await client.command({
      query: `CREATE MATERIALIZED VIEW samples_minute ENGINE = AggregatingMergeTree ORDER BY minute AS
              SELECT toStartOfMinute(at) AS minute, countState() AS n, quantilesState(0.5)(ms) AS q
              FROM samples GROUP BY minute`,
    });
    for (const second of ['01', '59']) {
      const values = [{ at: `2026-01-01 00:00:${second}.000`, ms: Number(second) }];
      await client.insert({ table: 'samples', values, format: 'JSONEachRow' });
    }
    expect(
      await rows(`SELECT toString(minute) AS minute, toString(countMerge(n)) AS n,
                  quantilesMerge(0.5)(q)[1] AS median FROM samples_minute GROUP BY minute`),
    ).toEqual([{ minute: '2026-01-01 00:00:00', n: '2', median: 30 }]);
  });

  it('drops rows past their time to live', async () => {
    await client.command({
      query: 'CREATE TABLE mortal (at DateTime) ENGINE = MergeTree ORDER BY at TTL at + INTERVAL 1 DAY',
    });
    const values = [{ at: '2020-01-01 00:00:00' }, { at: '2100-01-01 00:00:00' }];
    await client.insert({ table: 'mortal', values, format: 'JSONEachRow' });
    await client.command({ query: 'OPTIMIZE TABLE mortal FINAL' });
    expect(await count('mortal')).toBe(1);
  });

  it('tests two samples by Mann and Whitney', async () => {
    // Asymptotic p with continuity correction, as SciPy's documentation of `mannwhitneyu` gives it for these samples.
    const [row] = await rows<{ test: Record<string, number> }>(
      `SELECT mannWhitneyUTest('two-sided')(age, side) AS test FROM (
         SELECT arrayJoin({first:Array(UInt8)}) AS age, 0 AS side
         UNION ALL SELECT arrayJoin({second:Array(UInt8)}), 1)`,
      { first: [19, 22, 16, 29, 24], second: [20, 11, 17, 12] },
    );
    const [u, p] = Object.values(row!.test);
    expect(u).toBe(17);
    expect(p).toBeCloseTo(0.111_346_886_533, 10);
  });
});

describe('refusals', () => {
  it.each([
    ['SELECT 1 FROM', '62', 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', '62', 'SYNTAX_ERROR'],
    ['SELECT * FROM nowhere', '60', 'UNKNOWN_TABLE'],
    ['SELECT nothing FROM system.one', '47', 'UNKNOWN_IDENTIFIER'],
    ['SELECT nofunction(1)', '46', 'UNKNOWN_FUNCTION'],
    ["SELECT throwIf(1, 'as told')", '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
  ])('words %s as the server does', async (query, code, type) => {
    expect(await failure(client.command({ query }))).toMatchObject({ code, type });
  });

  it('answers with the status and the code of the error', async () => {
    const answer = await fetch(front.url, { method: 'POST', body: 'SELECT * FROM nowhere' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('60');
    expect(await answer.text()).toMatch(
      /^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\) \(version [\d.]+ .*\)\n$/,
    );
  });

  it('refuses an unknown database, setting and user', async () => {
    await using elsewhere = connect({ database: 'elsewhere' });
    const query = { query: 'SELECT 1 FROM t', format: 'JSONEachRow' } as const;
    expect(await failure(elsewhere.query(query))).toMatchObject({ code: '81' });
    const settings = { no_such_setting: 1 };
    expect(await failure(client.query({ ...query, clickhouse_settings: settings }))).toMatchObject({
      code: '115',
    });
    await using stranger = connect({ username: 'stranger', password: 'x' });
    expect(await failure(stranger.query(query))).toMatchObject({ code: '516' });
  });

  it('changes nothing for a reader', async () => {
    await using reader = connect({ clickhouse_settings: { readonly: '1' } });
    const create = { query: 'CREATE TABLE forbidden (n UInt8) ENGINE = Memory' };
    expect(await failure(reader.command(create))).toMatchObject({ code: '164', type: 'READONLY' });
    expect(await (await reader.query({ query: 'SELECT 1 AS n', format: 'JSONEachRow' })).json()).toEqual([
      { n: 1 },
    ]);
  });

  it('ends a statement that runs over its time', async () => {
    const call = client.query({
      query: 'SELECT sleepEachRow(0.1) FROM numbers(30) SETTINGS max_block_size = 1',
      clickhouse_settings: { max_execution_time: 0.2 },
      format: 'JSON',
    });
    expect(await failure(call)).toMatchObject({ code: '159', type: 'TIMEOUT_EXCEEDED' });
  });

  it('tells of an error in the middle of a stream', async () => {
    const result = await client.query({
      query: 'SELECT throwIf(number = 2000000) AS n FROM numbers(3000000)',
      clickhouse_settings: { max_block_size: '65536', max_threads: 1 },
      format: 'JSONEachRow',
    });
    expect(await failure(result.json())).toMatchObject({ code: '395' });
  });
});

describe('sessions', () => {
  it('keeps temporary tables in their session', async () => {
    await using session = connect({ session_id: 'one' });
    await session.command({ query: 'CREATE TEMPORARY TABLE mine (n UInt8)' });
    await session.command({ query: 'INSERT INTO mine VALUES (7)' });
    const own = await session.query({ query: 'SELECT n FROM mine', format: 'JSONEachRow' });
    expect(await own.json()).toEqual([{ n: 7 }]);
    expect(await failure(rows('SELECT n FROM mine'))).toMatchObject({ code: '60' });
  });

  it('refuses a second statement at the same time', async () => {
    await using session = connect({ session_id: 'two' });
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => session.command({ query: 'SELECT sleep(1)' })),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(results.length);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: '373' });
  });
});
