import type { PhaseDefinition } from './runs.ts';

/** What `e2e list` and the documents know of a scenario. The workflow type is the export of its file in `workflows/`. */
export interface ScenarioDefinition {
  readonly name: string;
  readonly title: string;
  readonly workflowType: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly phases: readonly PhaseDefinition[];
}

const seconds = (value: number): number => value * 1000;

/** A person may take a day to decide. */
export const APPROVAL_DEADLINE_MS = seconds(24 * 3_600);

/** Budgets are wall seconds at any time scale (scenarios spec §1). */
export const SPOT_MIGRATION: ScenarioDefinition = {
  name: 'spot-migration',
  title: 'Spot migration',
  workflowType: 'spotMigration',
  tags: ['e2e', 'cost'],
  description:
    'Acme moves three of four on-demand nodes to spot: analyse, recommend, validate, approve, roll out in seven steps, measure, learn.',
  phases: [
    { number: 1, name: 'record-initial-state', title: 'Recording initial state', budgetMs: seconds(60) },
    {
      number: 2,
      name: 'trigger-cost-analysis',
      title: 'Triggering cost agent analysis',
      budgetMs: seconds(10),
    },
    {
      number: 3,
      name: 'await-recommendation',
      title: 'Waiting for spot migration recommendation',
      budgetMs: seconds(120),
    },
    {
      number: 4,
      name: 'multi-agent-validation',
      title: 'Waiting for multi-agent validation',
      budgetMs: seconds(60),
    },
    {
      number: 5,
      name: 'customer-approval',
      title: 'Customer approves recommendation',
      budgetMs: seconds(30),
      manualBudgetMs: APPROVAL_DEADLINE_MS + seconds(30),
    },
    { number: 6, name: 'monitor-execution', title: 'Monitoring execution', budgetMs: seconds(600) },
    { number: 7, name: 'validate-quality', title: 'Validating quality maintained', budgetMs: seconds(60) },
    { number: 8, name: 'validate-savings', title: 'Validating cost savings', budgetMs: seconds(60) },
    { number: 9, name: 'verify-learning', title: 'Verifying learning loop', budgetMs: seconds(60) },
  ],
};

export const SCENARIOS: readonly ScenarioDefinition[] = [SPOT_MIGRATION];
