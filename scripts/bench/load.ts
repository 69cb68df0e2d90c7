import autocannon from 'autocannon';

/** One load: so many connections, each with one request at a time. */
export interface Load {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Ends after this many seconds, or after this many requests, whichever is given. */
  readonly seconds?: number;
  readonly requests?: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

/** @throws Error when one answer was not 2xx: a refusal is quick and would flatter the figures. */
export async function apply(load: Load): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  let lastAnswerMs = startedMs;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: load.url,
        connections: load.connections,
        ...(load.headers === undefined ? {} : { headers: { ...load.headers } }),
        ...(load.requests === undefined ? { duration: load.seconds ?? 5 } : { amount: load.requests }),
      },
      (error: Error | null, done) => (error === null ? resolve(done) : reject(error)),
    );
    // autocannon's own histogram rounds to whole milliseconds and has no P95.
    instance.on('response', (_client, _status, _bytes, responseTime) => {
      lastAnswerMs = performance.now();
      latenciesMs.push(responseTime);
    });
  });
  // It looks only once a second whether the last answer is there.
  const elapsedSeconds = (lastAnswerMs - startedMs) / 1_000;
  if (result.non2xx > 0 || result.errors > 0 || latenciesMs.length === 0) {
    throw new Error(
      `${load.url}: ${String(result.non2xx)} refusals, ${String(result.errors)} errors, ${String(latenciesMs.length)} answers`,
    );
  }
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number): number => latenciesMs[Math.floor(share * latenciesMs.length)] ?? Number.NaN;
  return {
    requestsPerSecond: latenciesMs.length / elapsedSeconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    requests: latenciesMs.length,
  };
}
