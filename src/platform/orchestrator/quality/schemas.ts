import { z } from 'zod';

import type { GoldenBaselineRequest, QualityComparisonReport } from '../../../contracts/api/orchestration.ts';
import { engineConfiguration } from '../../kit/schemas/engine-configuration.ts';

const name = z.string().min(1).max(200);
const share = z.number().min(0).max(1);

export const baselineQuery = z.object({ deployment: name });

export const goldenBaselineRequest = z.object({
  deployment: name,
  engine_configuration: engineConfiguration,
  baseline: z
    .object({
      mean_score: share,
      interval: z.object({ low: z.number(), high: z.number() }),
      standard_deviation: z.number().nonnegative(),
      sample_size: z.int().positive(),
      source: z.literal('golden_prompts'),
      golden_run_id: name,
    })
    .refine(({ interval, mean_score }) => interval.low <= mean_score && mean_score <= interval.high, {
      path: ['interval'],
      message: 'does not hold mean_score',
    }),
}) satisfies z.ZodType<GoldenBaselineRequest>;

const drop = z.number().max(1).nullable();
export const comparisonReport = z
  .object({
    deployment: name,
    baseline_id: name,
    golden_run_id: name,
    verdict: z.enum(['kept', 'regression', 'inconclusive']),
    pairs: z.int().nonnegative(),
    baseline_mean: share,
    present_mean: share,
    quality_drop: drop,
    quality_drop_lower: drop,
    quality_drop_upper: drop,
  })
  .refine(
    ({ verdict, quality_drop_lower, quality_drop_upper }) =>
      verdict === 'inconclusive' || (quality_drop_lower !== null && quality_drop_upper !== null),
    { path: ['verdict'], message: 'is decided without bounds' },
  )
  .refine(({ verdict, quality_drop_lower }) => verdict !== 'regression' || (quality_drop_lower ?? 0) > 0, {
    path: ['verdict'],
    message: 'is a regression that is not proven',
  }) satisfies z.ZodType<QualityComparisonReport>;
