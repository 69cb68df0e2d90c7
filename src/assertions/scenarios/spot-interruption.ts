import { auditComplete } from '../audit-complete.ts';
import { actionsStruck } from '../actions-struck.ts';
import { atLeast } from '../numbers.ts';
import * as migration from '../spot-migration.ts';
import { serviceKept } from './service.ts';
import { untilApprovedGates } from './until-approved.ts';

/** The migration's own gates hold under interruptions, but for shares of stages that had to begin again. */
export const spotInterruptionGates = {
  ...untilApprovedGates,
  'monitor-execution': [
    ...migration.executionWithRestarts,
    actionsStruck(),
    atLeast({ gate: 'nodes-were-reclaimed', evidence: 'actions.struck-nodes', threshold: 1 }),
  ],
  'validate-quality': serviceKept('after'),
  'verify-audit': [auditComplete()],
};
