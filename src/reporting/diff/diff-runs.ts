import type {
  DiffSide,
  Divergence,
  GateDiff,
  GateSide,
  PhaseDiff,
  RunDiff,
} from '../../contracts/run-diff.ts';
import type { GateResult, PhaseRecord, RunState } from '../../contracts/runs.ts';
import type { RecordedRun } from '../run-files.ts';
import { withUnit } from '../values.ts';
import { align } from './align.ts';
import { diffEvidence, relativeChange } from './diff-evidence.ts';
import { diffInputs } from './diff-inputs.ts';

/** What differs between two recorded runs. */
export function diffRuns(a: RecordedRun, b: RecordedRun): RunDiff {
  const phases = align(a.run.phases, b.run.phases, ({ name }) => name).map((pair) => diffPhase(pair));
  const firstDivergence = divergenceIn(phases) ?? divergenceOfEnds(a.run, b.run);
  return {
    a: sideOf(a.run),
    b: sideOf(b.run),
    sameVerdicts: firstDivergence === null,
    firstDivergence,
    inputs: diffInputs(a, b),
    phases,
  };
}

function sideOf(run: RunState): DiffSide {
  const { attempts = [], finishedAt, startedAt } = run;
  const own = attempts.find(({ attempt }) => attempt === run.attempt);
  const beganAt = own?.startedAt ?? startedAt;
  return {
    runId: run.runId,
    scenario: run.scenario,
    attempt: run.attempt,
    attempts,
    startedAt: beganAt,
    durationMs: finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(beganAt),
    verdict: run.verdict,
    cleanup: run.cleanup,
    errors: run.errors ?? [],
  };
}

interface PhasePair {
  readonly key: string;
  readonly a: PhaseRecord | null;
  readonly b: PhaseRecord | null;
}

function diffPhase({ key, a, b }: PhasePair): PhaseDiff {
  const gates = align(a?.gates ?? [], b?.gates ?? [], ({ gate }) => gate).map(diffGate);
  return {
    phase: key,
    a: a === null ? null : phaseSide(a),
    b: b === null ? null : phaseSide(b),
    sameVerdict: a !== null && b !== null && a.verdict === b.verdict,
    durationChange: relativeChange(a?.durationMs ?? null, b?.durationMs ?? null),
    gates,
    evidence: diffEvidence(a?.evidence ?? [], b?.evidence ?? []),
  };
}

function phaseSide({ number, status, verdict, durationMs, error }: PhaseRecord): PhaseDiff['a'] {
  return { number, status, verdict, durationMs, error };
}

function diffGate({ key, a, b }: { key: string; a: GateResult | null; b: GateResult | null }): GateDiff {
  return {
    gate: key,
    a: a === null ? null : gateSide(a),
    b: b === null ? null : gateSide(b),
    sameVerdict: a !== null && b !== null && a.verdict === b.verdict,
  };
}

function gateSide({ verdict, expected, observed, unit, sampleSize, reason }: GateResult): GateSide {
  return { verdict, expected, observed, unit, sampleSize, reason };
}

function divergenceIn(phases: readonly PhaseDiff[]): Divergence | null {
  for (const phase of phases) {
    const gate = phase.gates.find(({ sameVerdict }) => !sameVerdict);
    // A phase that one run did not reach says so itself: its gates are not there to be compared.
    if (gate !== undefined && wasJudged(phase.a) && wasJudged(phase.b)) {
      return { phase: phase.phase, gate: gate.gate, a: gateSaw(gate.a), b: gateSaw(gate.b) };
    }
    if (!phase.sameVerdict) {
      return { phase: phase.phase, gate: null, a: phaseSaw(phase.a), b: phaseSaw(phase.b) };
    }
  }
  return null;
}

/** It ran, and its gates were asked. */
export function wasJudged(side: PhaseDiff['a']): boolean {
  return side?.status === 'finished' && side.error === null;
}

function gateSaw(side: GateSide | null): Divergence['a'] {
  if (side === null) return null;
  return {
    verdict: side.verdict,
    saw: `${withUnit(side.observed, side.unit)}, expected ${side.expected}`,
  };
}

function phaseSaw(side: PhaseDiff['a']): Divergence['a'] {
  return side === null ? null : { verdict: side.verdict, saw: side.error ?? side.status };
}

/** Phases alike, but clean-up or pages were not. */
function divergenceOfEnds(a: RunState, b: RunState): Divergence | null {
  if (a.verdict === b.verdict) return null;
  const saw = ({ verdict, cleanup, errors = [] }: RunState): Divergence['a'] => ({
    verdict,
    saw: [`clean-up ${cleanup}`, ...errors].join('; '),
  });
  return { phase: null, gate: null, a: saw(a), b: saw(b) };
}
