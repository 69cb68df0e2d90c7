import type { ClickHouseClient } from '@clickhouse/client';

import type { MetricSeries } from '../../../contracts/api/customers.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { buildMetricQuery, type MetricQuery } from './query.ts';
import { METRIC_SOURCES } from './sources.ts';

interface Row {
  readonly slot: string | number;
  readonly value: number;
  readonly samples: number;
}

/** A series in ascending order; a stretch without data has no point rather than a zero. */
export async function readMetric(
  clickhouse: ClickHouseClient,
  customerId: string,
  query: MetricQuery,
): Promise<MetricSeries> {
  const bound = buildMetricQuery(customerId, query);
  const rows = await clickhouse
    .query({ query: bound.query, query_params: bound.params, format: 'JSONEachRow' })
    .then((result) => result.json<Row>())
    .catch((error: unknown) => {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'ClickHouse does not answer.', { cause: error });
    });
  const stepMs = query.resolution === 'all' ? 0 : query.resolution * 1000;
  return {
    metric_type: query.metricType,
    unit: METRIC_SOURCES[query.metricType].unit,
    points: rows.map(({ slot, value, samples }) => ({
      timestamp: toTimestamp(query.startMs + Number(slot) * stepMs),
      value,
      sample_size: samples,
    })),
  };
}
