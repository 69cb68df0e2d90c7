import { z } from 'zod';

import { LIFECYCLES } from '../../../contracts/api/common.ts';
import { METRIC_TYPES } from '../../../contracts/api/customers.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import type { PlatformServer } from '../../kit/server.ts';
import { requireCustomer } from '../lookups.ts';
import type { OrchestratorServices } from '../services.ts';
import { METRIC_SOURCES } from './sources.ts';
import { readMetric } from './service.ts';

/** More points than a chart can show or an answer should hold. */
const MOST_POINTS = 10_000;

const timestamp = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const querystring = z.object({
  metric_type: z.enum(METRIC_TYPES),
  start: timestamp,
  end: timestamp,
  resolution: z.union([z.literal('all'), z.coerce.number().int().min(1).max(2_678_400)]).default('all'),
  /** Comma-separated. */
  instance_ids: z
    .string()
    .min(1)
    .transform((text) => text.split(','))
    .optional(),
  lifecycle: z.enum(LIFECYCLES).optional(),
});
type Query = z.output<typeof querystring>;

export function registerMetricRoutes(server: PlatformServer, services: OrchestratorServices): void {
  const params = z.object({ id: z.string().min(1) });
  server.get('/customers/:id/metrics', { schema: { params, querystring } }, async (request) => {
    await services.guards.owner(request, request.params.id);
    await requireCustomer(services, request.params.id);
    checkRange(request.query);
    const { metric_type: metricType, start, end, resolution, instance_ids, lifecycle } = request.query;
    return readMetric(services.clickhouse, request.params.id, {
      metricType,
      startMs: start,
      endMs: end,
      resolution,
      instanceIds: instance_ids,
      lifecycle,
    });
  });
}

function checkRange({ metric_type, start, end, resolution, instance_ids, lifecycle }: Query): void {
  if (end <= start) throw invalidField('querystring.end', 'must be after start');
  if (resolution !== 'all' && (end - start) / 1000 / resolution > MOST_POINTS) {
    throw invalidField('querystring.resolution', `gives more than ${MOST_POINTS} points`);
  }
  const { table } = METRIC_SOURCES[metric_type];
  if (instance_ids !== undefined && table === 'cost_samples') {
    throw invalidField('querystring.instance_ids', `does not apply to ${metric_type}`);
  }
  if (lifecycle !== undefined && table !== 'inference_requests') {
    throw invalidField('querystring.lifecycle', `does not apply to ${metric_type}`);
  }
}
