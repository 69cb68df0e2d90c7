import type { AttemptRecord, HoldEnd } from './attempts.ts';
import type { StepName } from './api/recommendations.ts';
import type { WorldAction } from './world-actions.ts';

/** Words of the harness: evidence, gates, verdicts, phases, runs. Everything here is plain JSON and crosses workflow boundaries. */

export const VERDICTS = ['passed', 'failed', 'inconclusive', 'infra-error', 'cancelled'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Exit codes of the command (scenarios spec §3). */
export const EXIT_CODES = {
  passed: 0,
  failed: 1,
  usage: 2,
  'infra-error': 3,
  inconclusive: 4,
  cancelled: 130,
} as const satisfies Record<Verdict | 'usage', number>;

/** One observation. A value that could not be had is `null`; gates read that as inconclusive, never as passed. */
export interface Evidence {
  /** Dotted name, unique in its phase: `cost.monthly.platform`. */
  readonly name: string;
  readonly value: EvidenceValue;
  /** `USD/month`, `ms`, `share`, `count`, `text`, … */
  readonly unit: string;
  /** Where it was read: `GET /customers/{id}/metrics`, `EC2 DescribeInstances`, `ClickHouse inference_requests`, … */
  readonly source: string;
  readonly sampleSize: number | null;
  readonly observedAt: string;
}
export type EvidenceValue = number | string | boolean | null | readonly (number | string)[];

/** What a gate said. `expected` and `observed` are for people, `evidence` names what it judged from. */
export interface GateResult {
  readonly gate: string;
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  readonly expected: string;
  readonly observed: string;
  readonly unit: string;
  readonly source: string;
  readonly sampleSize: number | null;
  readonly reason: string;
  readonly evidence: readonly string[];
}

/** A gate: evidence in, verdict out, nothing else. */
export type Gate = (evidence: EvidenceSet) => GateResult;
/** Evidence by name, of this phase and all before it. */
export type EvidenceSet = Readonly<Record<string, Evidence>>;

/** The static side of a phase: what the docs, the live view and the report show before anything ran. */
export interface PhaseDefinition {
  readonly number: number;
  /** `record-initial-state` */
  readonly name: string;
  readonly title: string;
  /** Wall milliseconds, at any time scale. */
  readonly budgetMs: number;
  /** Budget when a person decides in this phase, unless `--approval-deadline` gives another. */
  readonly manualBudgetMs?: number;
  /** Why a customer bears this phase only once: no re-run begins at or before it when it has acted. */
  readonly actsOnce?: string;
}

export interface PhaseRecord extends PhaseDefinition {
  readonly status: 'pending' | 'running' | 'finished' | 'not-reached';
  readonly verdict: Verdict | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly gates: readonly GateResult[];
  readonly evidence: readonly Evidence[];
  /** Short lines a person reads below the phase: "Analysis ID: anl_…". */
  readonly notes: readonly string[];
  /** It was judged, but saw nothing that the next phases could work with; it cannot have passed. Absent otherwise. */
  readonly withoutOutput?: true;
  /** Why the phase ended in `infra-error`. */
  readonly error: string | null;
}

/** A named series for the report's curves. Times are world epoch milliseconds. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly atMs: number;
    readonly value: number;
    readonly sampleSize: number | null;
  }[];
}
/** What the report draws around the phases; large, so it is kept as a file with its hash in history. */
export interface RunEvidenceFile {
  readonly series: readonly Series[];
  readonly steps: readonly {
    readonly name: string;
    readonly startedAtMs: number;
    readonly finishedAtMs: number;
  }[];
  readonly events: readonly {
    readonly sequence: number;
    readonly at: string;
    readonly type: string;
    readonly summary: string;
  }[];
}

export interface RunState {
  readonly runId: string;
  readonly scenario: string;
  readonly title: string;
  readonly attempt: number;
  readonly input: ScenarioInput;
  readonly status: 'running' | 'finished';
  readonly verdict: Verdict | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly phases: readonly PhaseRecord[];
  readonly customerId: string | null;
  readonly cleanup: 'pending' | 'done' | 'failed';
  /** Attempts, oldest first, this one last; absent while there is but the first. */
  readonly attempts?: readonly AttemptRecord[];
  /** Until when a run that did not pass keeps its customers; absent when it keeps none. */
  readonly keptUntil?: string;
  /** How the time in which a red run kept its customers ended; absent when it kept none, and while it does. */
  readonly holdEnded?: HoldEnd;
  /** By setting: how many phases had begun when it was read. One that was read cannot be changed by a later re-run. */
  readonly settingsRead?: Readonly<Record<string, number>>;
  /** Decisions that the run did not take, oldest first. */
  readonly refusals?: readonly Refusal[];
  /** What went wrong outside of every phase: clean-up, curves, pages. Absent when nothing did. */
  readonly errors?: readonly string[];
  /** SHA-256 of the evidence file under `.e2e/evidence/`, when one was written. */
  readonly evidenceFile: string | null;
  readonly temporal: {
    readonly namespace: string;
    readonly workflowId: string;
    readonly workflowRunId: string;
  };
}

/** Options of `e2e run`, the same for every scenario. */
export interface ScenarioInput {
  readonly seed: number;
  readonly approve: 'auto' | 'manual';
  readonly prices: 'reference' | 'list';
  readonly preset: 'calm' | 'traced' | 'harsh';
  /** What happens to the world at a causal position of the run. Seen in the report; a run with faults is a drill. */
  readonly faults: readonly InjectedFault[];
  readonly gitRevision: string;
  /** What `--set` chose, by name; a scenario names its settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Wall milliseconds that a run which did not pass keeps its customers for a re-run; absent: it cleans up at once. */
  readonly keepOnRedMs?: number;
  /** For `approve: 'manual'`; absent: a day, and an undecided run is inconclusive. */
  readonly approval?: ApprovalTerms;
  /** The suite that started it. */
  readonly suiteId?: string;
}
/** What holds when nobody decides in time. `undecided` can be judged by no gate: the run is inconclusive. */
export interface ApprovalTerms {
  /** Wall milliseconds. */
  readonly deadlineMs: number;
  readonly otherwise: 'approve' | 'reject' | 'undecided';
}
/** Strikes before the phase begins or, with a step, in the course of the optimization that the phase follows. */
export interface InjectedFault {
  readonly phase: string;
  readonly step?: StepPosition;
  readonly fault: WorldAction;
}
/** A causal position in an optimization: a step has started, or has completed. */
export interface StepPosition {
  readonly name: StepName;
  readonly when: 'started' | 'completed';
}
/** An action bound to a step, as the activity that follows the optimization takes it. */
export interface StepAction {
  readonly at: StepPosition;
  readonly action: WorldAction;
}

/** A person's decision on a waiting approval; the Update `decide`. */
export interface ApprovalDecision {
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly reason: string;
  /** The phase that it is meant for; absent: whichever asks now. */
  readonly phase?: string;
}
/** A decision or an order that was refused; told to the run by the signal `refused`, since Temporal keeps no trace of it. */
export interface Refusal {
  readonly at: string;
  readonly by: string;
  /** `approve`, `reject`, `rerun` */
  readonly what: string;
  readonly why: string;
}

/** Names of the harness's search attributes in Temporal, all keywords but the seed. */
export const SEARCH_ATTRIBUTES = {
  scenario: 'E2eScenario',
  phase: 'E2ePhase',
  verdict: 'E2eVerdict',
  customer: 'E2eCustomer',
  gitRevision: 'E2eGitRevision',
  seed: 'E2eSeed',
} as const;

/** Query that the live view reads; Update by which a person decides. */
export const RUN_STATE_QUERY = 'runState';
export const DECIDE_UPDATE = 'decide';
/** Signal by which a refusal is written down; its argument is a {@link Refusal} without the time. */
export const REFUSED_SIGNAL = 'refused';
/** Workflow id of a run. */
export function workflowIdOf(runId: string): string {
  return `e2e-${runId}`;
}
