import type { DeploymentReport } from '../../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import { sameConfiguration } from '../../kit/configuration-differences.ts';

/** Inventories in a row that must report the same before a configuration counts as the deployment's own. */
const REPORTS_TO_SETTLE = 2;
/** While nodes still differ a rollout may be under way; after this many the mixture is what there is. */
const REPORTS_TO_SETTLE_MIXED = 5;

export interface KnownConfiguration {
  readonly settled: EngineConfiguration;
  readonly candidate: EngineConfiguration | null;
  readonly candidateReports: number;
}
export type Settlement =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'watching'; readonly candidateReports: number }
  | { readonly kind: 'changed' };

type Report = Pick<DeploymentReport, 'engine_configuration' | 'engine_configurations'>;

/** What one more report makes of a deployment's configuration, which is that of most of its nodes. */
export function settle(known: KnownConfiguration, report: Report): Settlement {
  const reported = report.engine_configuration;
  if (sameConfiguration(known.settled, reported)) return { kind: 'unchanged' };
  const again = known.candidate !== null && sameConfiguration(known.candidate, reported);
  const candidateReports = (again ? known.candidateReports : 0) + 1;
  const needed = nodesAgree(report) ? REPORTS_TO_SETTLE : REPORTS_TO_SETTLE_MIXED;
  return candidateReports >= needed ? { kind: 'changed' } : { kind: 'watching', candidateReports };
}

function nodesAgree({ engine_configuration, engine_configurations }: Report): boolean {
  return Object.values(engine_configurations ?? {}).every((one) =>
    sameConfiguration(one, engine_configuration),
  );
}
