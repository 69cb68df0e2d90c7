import { z } from 'zod';

import type { Preferences, ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import type { Trx } from '../services.ts';

const share = z.number().min(0).max(1);
const latencyMs = z.number().positive().max(600_000);

const sloShape = z.strictObject({
  latency_ms_p95: latencyMs,
  latency_ms_p99: latencyMs,
  latency_ms_p95_degraded: latencyMs,
  error_rate: share,
  quality_score: share,
}) satisfies z.ZodType<ServiceLevelObjective>;

const preferencesShape = z.strictObject({
  cost_priority: share,
  performance_priority: share,
  quality_priority: share,
  never_touch_tags: z.array(z.string().min(1).max(256)).max(50),
  minimum_on_demand_share: share,
  always_require_approval: z.boolean(),
  slo: sloShape,
});

export const preferencesSchema = preferencesShape satisfies z.ZodType<Preferences>;
/** Any subset; of the objectives too. */
export const preferencesPatchSchema = preferencesShape
  .partial()
  .extend({ slo: sloShape.partial().optional() });
export type PreferencesPatch = z.infer<typeof preferencesPatchSchema>;

/** Lays a patch over what is there. @throws OptiInfraError `VALIDATION_FAILED` when the objectives contradict each other. */
export function applyPatch(current: Preferences, patch: PreferencesPatch): Preferences {
  const merged = preferencesSchema.parse({
    ...current,
    ...withoutUndefined(patch),
    slo: { ...current.slo, ...withoutUndefined(patch.slo ?? {}) },
  });
  const { slo } = merged;
  if (slo.latency_ms_p99 < slo.latency_ms_p95) {
    throw invalidField('body.slo.latency_ms_p99', 'may not be below latency_ms_p95');
  }
  if (slo.latency_ms_p95_degraded < slo.latency_ms_p95) {
    throw invalidField('body.slo.latency_ms_p95_degraded', 'may not be below latency_ms_p95');
  }
  return merged;
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

export async function addPreferences(
  trx: Trx,
  customerId: string,
  preferences: Preferences,
  nowMs: number,
): Promise<void> {
  await trx
    .insertInto('preferences')
    .values({ customer_id: customerId, ...toRow(preferences, nowMs) })
    .execute();
}

/** Undefined when there is no such customer. */
export async function readPreferences(trx: Trx, customerId: string): Promise<Preferences | undefined> {
  const row = await trx
    .selectFrom('preferences')
    .select([
      'cost_priority',
      'performance_priority',
      'quality_priority',
      'never_touch_tags',
      'minimum_on_demand_share',
      'always_require_approval',
      'slo',
    ])
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row;
}

export async function writePreferences(
  trx: Trx,
  customerId: string,
  preferences: Preferences,
  nowMs: number,
): Promise<void> {
  await trx
    .updateTable('preferences')
    .set(toRow(preferences, nowMs))
    .where('customer_id', '=', customerId)
    .execute();
}

function toRow(preferences: Preferences, nowMs: number) {
  return {
    ...preferences,
    never_touch_tags: JSON.stringify(preferences.never_touch_tags),
    slo: JSON.stringify(preferences.slo),
    updated_at: new Date(nowMs),
  };
}
