import * as gates from '../spot-migration.ts';

/** The phases from a running customer to an approved spot migration. */
export const untilApprovedGates = {
  'record-initial-state': gates.initialState,
  'trigger-cost-analysis': gates.analysisTriggered,
  'await-recommendation': gates.recommendation,
  'multi-agent-validation': gates.validation,
  'customer-approval': gates.approval,
};
