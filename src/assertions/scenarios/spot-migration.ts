import * as gates from '../spot-migration.ts';
import { untilApprovedGates } from './until-approved.ts';

/** A list a phase, in the order of scenarios spec §1. */
export const spotMigrationGates = {
  ...untilApprovedGates,
  'monitor-execution': gates.execution,
  'validate-quality': gates.quality,
  'validate-savings': gates.savings,
  'verify-learning': gates.learning,
};
