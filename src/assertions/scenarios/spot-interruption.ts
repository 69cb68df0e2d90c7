import { CANARY } from '../../contracts/thresholds.ts';
import { auditComplete } from '../audit-complete.ts';
import { actionsStruck } from '../actions-struck.ts';
import { errorRateKept } from '../error-rate-kept.ts';
import { latencyKept } from '../latency-kept.ts';
import { atLeast } from '../numbers.ts';
import * as migration from '../spot-migration.ts';
import { fleetCounts, nodeLossGates } from './node-loss.ts';
import { serviceKept } from './service.ts';
import { untilApprovedGates } from './until-approved.ts';

const ENOUGH = { minimumSamples: CANARY.cleanRequestsForErrorRate };

/** The migration's own gates hold under interruptions, but for shares of stages that had to begin again. */
export const spotInterruptionGates = {
  ...untilApprovedGates,
  ...nodeLossGates,
  'monitor-execution': [
    ...migration.executionWithRestarts,
    actionsStruck(),
    atLeast({ gate: 'nodes-were-reclaimed', evidence: 'actions.struck-nodes', threshold: 1 }),
  ],
  'validate-quality': serviceKept('after'),
  'verify-fleet': fleetCounts('whole', { spot: 3, onDemand: 1, fallback: 0 }),
  // While a node is missing the customer's promise for that state holds, and no request is lost beyond the promise.
  'validate-interruption': [
    errorRateKept({
      gate: 'no-request-lost-beyond-the-promise',
      evidence: 'interrupted.error-rate',
      objective: 'interrupted.slo.error-rate',
      ...ENOUGH,
    }),
    latencyKept({
      gate: 'latency-bearable-while-a-node-is-missing',
      evidence: 'interrupted.latency.p95',
      objective: 'interrupted.slo.latency.p95-degraded',
      ...ENOUGH,
    }),
  ],
  'verify-audit': [auditComplete()],
};
