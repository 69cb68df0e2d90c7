import type {
  ConfigurationPlan,
  MigrationPlan,
  Recommendation,
  ScaleInPlan,
} from '../../../../contracts/api/recommendations.ts';

/** What the recommendations want of one deployment, a kind at most once. */
export interface Wishes {
  readonly deployment: string;
  readonly configuration: ConfigurationPlan | null;
  readonly migration: MigrationPlan | null;
  readonly scaleIn: ScaleInPlan | null;
  readonly recommendationIds: readonly string[];
}
export type WishesResult =
  | { readonly ok: true; readonly wishes: Wishes }
  | { readonly ok: false; readonly reasons: readonly string[] };

const COMBINABLE = ['configuration_change', 'spot_migration', 'scale_in'] as const;
type Combinable = ConfigurationPlan | MigrationPlan | ScaleInPlan;

export function wishesOf(recommendations: readonly Recommendation[]): WishesResult {
  const plans = recommendations.map(({ plan }) => plan);
  const deployments = new Set(plans.map(({ deployment }) => deployment));
  const [deployment] = deployments;
  const reasons: string[] = [];
  if (deployment === undefined || deployments.size > 1) {
    reasons.push(`a hybrid is of one deployment, these are ${[...deployments].join(', ')}`);
  }
  const combinable = plans.filter((plan): plan is Combinable =>
    COMBINABLE.some((kind) => kind === plan.kind),
  );
  for (const { kind } of plans) {
    if (!COMBINABLE.some((known) => known === kind)) reasons.push(`a ${kind} has no part in a hybrid`);
  }
  for (const kind of COMBINABLE) {
    const count = combinable.filter((plan) => plan.kind === kind).length;
    if (count > 1) reasons.push(`${count} plans of kind ${kind}: they cannot both have their part`);
  }
  if (combinable.some((plan) => plan.kind === 'scale_in' && plan.reason === 'idle')) {
    reasons.push('an idle deployment is shut down or not; there is nothing to share');
  }
  if (reasons.length > 0 || deployment === undefined) return { ok: false, reasons };
  return {
    ok: true,
    wishes: {
      deployment,
      configuration: combinable.find((plan) => plan.kind === 'configuration_change') ?? null,
      migration: combinable.find((plan) => plan.kind === 'spot_migration') ?? null,
      scaleIn: combinable.find((plan) => plan.kind === 'scale_in') ?? null,
      recommendationIds: recommendations.map(({ id }) => id),
    },
  };
}
