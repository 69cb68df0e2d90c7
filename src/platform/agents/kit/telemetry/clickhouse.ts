import type { ClickHouseClient } from '@clickhouse/client';

import type { RunQuery } from './reader.ts';

export interface TelemetryConnection {
  readonly run: RunQuery;
  readonly close: () => Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** The official client, loaded at the first question: an agent starts without it. */
export function connectTelemetry(url: string): TelemetryConnection {
  let client: Promise<ClickHouseClient> | null = null;
  const connected = (): Promise<ClickHouseClient> => {
    client ??= import('@clickhouse/client').then(({ createClient }) =>
      createClient({ url, application: 'optiinfra-agent', request_timeout: REQUEST_TIMEOUT_MS }),
    );
    return client;
  };
  return {
    run: async (query, parameters) => {
      const answer = await (
        await connected()
      ).query({ query, query_params: parameters, format: 'JSONEachRow' });
      return answer.json();
    },
    close: async () => {
      await (await client)?.close();
    },
  };
}
