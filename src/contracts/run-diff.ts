import type { AttemptRecord } from './attempts.ts';
import type { EvidenceValue, GateResult, PhaseRecord, Verdict } from './runs.ts';

/** Two runs beside each other, aligned by phase and gate: what `e2e diff A B --json` prints. */
export interface RunDiff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** The run, every phase and every gate were judged alike. What one run lacks was not. */
  readonly sameVerdicts: boolean;
  /** Where the verdicts part, in the order of phases and gates; null when nowhere. */
  readonly firstDivergence: Divergence | null;
  /** What they were started with, as far as it differs: it may be why. */
  readonly inputs: readonly InputDifference[];
  readonly phases: readonly PhaseDiff[];
}

export interface DiffSide {
  readonly runId: string;
  readonly scenario: string;
  readonly attempt: number;
  /** Oldest first; the last is the one compared. Empty while there is but one. */
  readonly attempts: readonly AttemptRecord[];
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly verdict: Verdict | null;
  readonly cleanup: string;
  readonly errors: readonly string[];
}

/** Null where one run lacks the phase or gate. */
export interface Divergence {
  /** Null when phases are alike and only the run as a whole was judged otherwise, by its end. */
  readonly phase: string | null;
  /** Null when it is the phase, not one of its gates. */
  readonly gate: string | null;
  readonly a: DivergentSide | null;
  readonly b: DivergentSide | null;
}
export interface DivergentSide {
  readonly verdict: Verdict | null;
  /** `0.931 score, expected ≥ 0.9`, or the error of the phase. */
  readonly saw: string;
}

export interface InputDifference {
  /** `seed`, `revision`, `settings.model`, … */
  readonly name: string;
  readonly a: string | null;
  readonly b: string | null;
}

export interface PhaseDiff {
  readonly phase: string;
  readonly a: PhaseSide | null;
  readonly b: PhaseSide | null;
  readonly sameVerdict: boolean;
  /** (b − a) ÷ a of the durations; null when either is missing or a is 0. */
  readonly durationChange: number | null;
  readonly gates: readonly GateDiff[];
  readonly evidence: readonly EvidenceDiff[];
}
export type PhaseSide = Pick<PhaseRecord, 'number' | 'status' | 'verdict' | 'durationMs' | 'error'>;

export interface GateDiff {
  readonly gate: string;
  readonly a: GateSide | null;
  readonly b: GateSide | null;
  readonly sameVerdict: boolean;
}
export type GateSide = Pick<
  GateResult,
  'verdict' | 'expected' | 'observed' | 'unit' | 'sampleSize' | 'reason'
>;

export interface EvidenceDiff {
  readonly name: string;
  readonly unit: string;
  /** Null also for what was asked for and could not be had; see `missing`. */
  readonly a: EvidenceValue;
  readonly b: EvidenceValue;
  /** The run whose phase did not record it at all. */
  readonly missing: 'a' | 'b' | null;
  readonly same: boolean;
  /** (b − a) ÷ |a| of two numbers; null for anything else, and where a is 0. */
  readonly change: number | null;
}
