import type { DeploymentReport } from '../../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import { sameConfiguration } from '../../kit/configuration-differences.ts';

/** Inventories in a row that must report the same before a configuration counts as the deployment's own. */
const REPORTS_TO_SETTLE = 2;
/**
 * While nodes differ, or one restarts, a rollout may be under way, and answers would be those of both configurations; when the mixture has
 * not moved for so many reports (ten world minutes, twice what a node takes to restart), it is what there is.
 */
const REPORTS_TO_SETTLE_MIXED = 10;

export interface KnownConfiguration {
  readonly settled: EngineConfiguration;
  readonly candidate: EngineConfiguration | null;
  /** Reports in a row that told of it, with as many nodes as now. */
  readonly candidateReports: number;
  readonly candidateNodes: number;
}
export type Settlement =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'watching' | 'changed';
      readonly candidateReports: number;
      readonly candidateNodes: number;
    };

type Report = Pick<DeploymentReport, 'engine_configuration' | 'engine_configurations'> & {
  /** Nodes that take no traffic now: one that restarts says what it will run, and does not run it yet. */
  readonly notServing?: ReadonlySet<string>;
};

/** What one more report makes of a deployment's configuration, which is that of most of its nodes. */
export function settle(known: KnownConfiguration, report: Report): Settlement {
  const reported = report.engine_configuration;
  if (sameConfiguration(known.settled, reported)) return { kind: 'unchanged' };
  const { agreeing, all } = countNodes(report);
  const again =
    known.candidate !== null &&
    sameConfiguration(known.candidate, reported) &&
    known.candidateNodes === agreeing;
  const candidateReports = (again ? known.candidateReports : 0) + 1;
  const needed = agreeing === all ? REPORTS_TO_SETTLE : REPORTS_TO_SETTLE_MIXED;
  const kind = candidateReports >= needed ? 'changed' : 'watching';
  return { kind, candidateReports, candidateNodes: agreeing };
}

/** Nodes that serve with what most run, and nodes that tell what they run; both 0 where only the whole is reported. */
function countNodes({ engine_configuration, engine_configurations, notServing }: Report): {
  agreeing: number;
  all: number;
} {
  const nodes = Object.entries(engine_configurations ?? {});
  const agreeing = nodes.filter(
    ([id, one]) => notServing?.has(id) !== true && sameConfiguration(one, engine_configuration),
  ).length;
  return { agreeing, all: nodes.length };
}
