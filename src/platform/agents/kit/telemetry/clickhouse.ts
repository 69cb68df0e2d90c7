import type { ClickHouseClient } from '@clickhouse/client';

import { OptiInfraError } from '../../../../support/errors.ts';
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
    client ??= import('@clickhouse/client').then(({ createClient, ClickHouseLogLevel }) =>
      createClient({
        url,
        application: 'optiinfra-agent',
        request_timeout: REQUEST_TIMEOUT_MS,
        // The server refuses whatever is not a read.
        clickhouse_settings: { readonly: '1' },
        // Errors are thrown to the caller, who logs them once.
        log: { level: ClickHouseLogLevel.OFF },
      }),
    );
    return client;
  };
  return {
    run: async (query, parameters) => {
      try {
        const answer = await (
          await connected()
        ).query({ query, query_params: parameters, format: 'JSONEachRow' });
        return await answer.json();
      } catch (error) {
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'the telemetry store did not answer', {
          cause: error,
        });
      }
    },
    close: async () => {
      await (await client)?.close();
    },
  };
}
