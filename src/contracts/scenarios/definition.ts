import type { CloudProvider } from '../api/common.ts';
import type { ColdStart } from '../environment.ts';
import type { PhaseDefinition } from '../runs.ts';

/** What `e2e list` and the documents know of a scenario. The workflow type is the export of its file in `workflows/`. */
export interface ScenarioDefinition {
  readonly name: string;
  readonly title: string;
  readonly workflowType: string;
  /** The scenario whose phases this one runs under another condition. */
  readonly variantOf?: string;
  /** `e2e`: part of the standing suite; `chaos`: breaks processes; else what it is about. */
  readonly tags: readonly string[];
  readonly description: string;
  readonly phases: readonly PhaseDefinition[];
  /** What the environment must be like; refused with exit code 3 before anything starts when it is not. */
  readonly requires?: ScenarioRequirements;
  /** What `--set NAME=VALUE` may choose. */
  readonly settings?: readonly ScenarioSetting[];
}

export interface ScenarioSetting {
  readonly name: string;
  readonly values: readonly string[];
  readonly otherwise: string;
  readonly about: string;
}

/** The value chosen for a setting, or its default. @throws RangeError for a name the scenario does not have. */
export function settingOf(
  { name: scenario, settings = [] }: ScenarioDefinition,
  chosen: Readonly<Record<string, string>> | undefined,
  name: string,
): string {
  const setting = settings.find((each) => each.name === name);
  if (setting === undefined) throw new RangeError(`${scenario} has no setting ${name}`);
  return chosen?.[name] ?? setting.otherwise;
}

export interface ScenarioRequirements {
  /** Bounds of the environment's time scale, both included. */
  readonly timeScale?: { readonly minimum?: number; readonly maximum?: number };
  readonly coldStart?: ColdStart;
  /** Clouds that the environment must serve. */
  readonly clouds?: readonly CloudProvider[];
  /** Memory that the machine must have left. */
  readonly freeMemoryMb?: number;
}

export type PhaseRow = readonly [
  name: string,
  title: string,
  budgetSeconds: number,
  more?: {
    /** When a person decides in this phase. */
    readonly manualBudgetSeconds?: number;
    /** Why a customer bears it only once. */
    readonly once?: string;
  },
];

/** Acts that a customer bears once; a re-run that would repeat one is refused with these words. */
export const ONCE = {
  signup: { once: 'an account is opened once' },
  onboarding: { once: 'a customer comes in once' },
  approval: { once: 'a recommendation is decided once' },
  resolution: { once: 'a conflict is settled once' },
  execution: { once: 'what it starts or follows is carried out once' },
  event: { once: 'what happened to the fleet does not happen again' },
} as const;

/** Phases in their order; budgets are wall seconds at any time scale (scenarios spec §1). */
export function phasesOf(...rows: readonly PhaseRow[]): readonly PhaseDefinition[] {
  return rows.map(([name, title, budgetSeconds, more], index) => ({
    number: index + 1,
    name,
    title,
    budgetMs: budgetSeconds * 1000,
    ...(more?.manualBudgetSeconds === undefined ? {} : { manualBudgetMs: more.manualBudgetSeconds * 1000 }),
    ...(more?.once === undefined ? {} : { actsOnce: more.once }),
  }));
}

/** A person may take a day to decide. */
export const APPROVAL_DEADLINE_MS = 24 * 3_600_000;

/** The four phases from a running customer to a validated plan, which many scenarios begin with. */
export const UNTIL_VALIDATED: readonly PhaseRow[] = [
  ['record-initial-state', 'Recording initial state', 60],
  ['trigger-cost-analysis', 'Triggering cost agent analysis', 10],
  ['await-recommendation', 'Waiting for spot migration recommendation', 120],
  ['multi-agent-validation', 'Waiting for multi-agent validation', 60],
];

/** And the customer's approval after them. */
export const APPROVAL: PhaseRow = [
  'customer-approval',
  'Customer approves recommendation',
  30,
  { manualBudgetSeconds: APPROVAL_DEADLINE_MS / 1000 + 30, ...ONCE.approval },
];
export const UNTIL_APPROVED: readonly PhaseRow[] = [...UNTIL_VALIDATED, APPROVAL];
