import { z } from 'zod';

import { CLOUD_PROVIDERS, LIFECYCLES } from '../../../contracts/api/common.ts';
import type {
  ConfigurationPlan,
  HybridPlan,
  MigrationPlan,
  OptimizationPlan,
  PlacementPlan,
  ReplacementPlan,
  ScaleInPlan,
} from '../../../contracts/api/recommendations.ts';
import { engineConfiguration } from './engine-configuration.ts';

const text = z.string().min(1);
const share = z.number().min(0).max(1);
const instanceIds = z.array(text);
const nodes = z.array(z.object({ zone: text, usd_per_hour: z.number().positive() })).min(1);
const scope = { deployment: text, provider: z.enum(CLOUD_PROVIDERS), region: text, instance_type: text };

const migration = z.object({
  ...scope,
  kind: z.literal('spot_migration'),
  provider: z.literal('aws'),
  replace_instance_ids: instanceIds.min(1),
  keep_instance_ids: instanceIds,
  spot_nodes: nodes,
  fallback_zones: z.array(text),
  kept_on_demand_share: share,
}) satisfies z.ZodType<MigrationPlan>;

const configuration = z.object({
  ...scope,
  kind: z.literal('configuration_change'),
  instance_ids: instanceIds.min(1),
  from: engineConfiguration,
  to: engineConfiguration,
}) satisfies z.ZodType<ConfigurationPlan>;

const scaleIn = z.object({
  ...scope,
  kind: z.literal('scale_in'),
  reason: z.enum(['over_provisioned', 'idle']),
  retire_instance_ids: instanceIds.min(1),
  keep_instance_ids: instanceIds,
}) satisfies z.ZodType<ScaleInPlan>;

const placement = z.object({
  ...scope,
  kind: z.literal('placement'),
  replace_instance_ids: instanceIds.min(1),
  keep_instance_ids: instanceIds,
  target: z.object({
    provider: z.enum(CLOUD_PROVIDERS),
    region: text,
    instance_type: text,
    lifecycle: z.enum(LIFECYCLES),
    nodes,
  }),
  transfer: z.object({
    gb_per_month: z.number().nonnegative(),
    usd_per_month: z.number().nonnegative(),
  }),
}) satisfies z.ZodType<PlacementPlan>;

const replacement = z.object({
  ...scope,
  kind: z.literal('replacement'),
  lost_instance_id: text,
  spot_zones: z.array(text),
  on_demand_zone: text,
}) satisfies z.ZodType<ReplacementPlan>;

/** A hybrid holds each kind of part once: its steps would otherwise bear the same name twice. */
export const hybridPlan = z
  .object({
    ...scope,
    kind: z.literal('hybrid'),
    parts: z.array(z.discriminatedUnion('kind', [configuration, migration, scaleIn])).min(2),
    recommendation_ids: z.array(text).min(2),
  })
  .refine(({ parts }) => new Set(parts.map(({ kind }) => kind)).size === parts.length, {
    path: ['parts'],
    message: 'holds a kind twice',
  }) satisfies z.ZodType<HybridPlan>;

/** Every plan, read strictly: a kind nobody knows is refused here, not half way through its execution. */
export const optimizationPlan = z.discriminatedUnion('kind', [
  migration,
  configuration,
  scaleIn,
  placement,
  replacement,
  hybridPlan,
]) satisfies z.ZodType<OptimizationPlan>;
