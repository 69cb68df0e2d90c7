import type { GateResult, PhaseRecord, RunState, Verdict } from '../../contracts/runs.ts';
import type { RunEvent } from '../events.ts';
import { showDuration } from '../times.ts';
import { withUnit } from '../values.ts';
import { countPassed, redFirst, VERDICT_WORDS } from '../verdicts.ts';
import { colourOf, type Look, type Paint } from './look.ts';
import { printable, wrapped, type Layout } from './text.ts';
import { faultText } from '../fault-position.ts';

export interface Style {
  readonly look: Look;
  readonly paint: Paint;
  readonly layout: Layout;
}

const RULE_WIDTH = 70;
const INDENT = '  ';
const DEEPER = '    ';

/** One event as the lines that a person reads. */
export function linesOf(event: RunEvent, run: RunState | null, style: Style): string[] {
  switch (event.type) {
    case 'run-started':
      return opening(event.run, style);
    case 'phase-started':
      return phaseHeading(event.phase, run, style);
    case 'phase-finished':
      return finishedPhase(event.phase, event.gates, style);
    case 'step-changed':
      return [
        `${INDENT}${style.look.step(event.status)}${printable(event.step)} ${style.paint.dim(event.status)}`,
      ];
    case 'run-finished':
      return closing(event.run, event.verdict, style);
  }
}

function rule({ layout }: Style): string {
  return '='.repeat(Math.min(RULE_WIDTH, layout.columns));
}

function opening(run: RunState, style: Style): string[] {
  const { title, runId, input } = run;
  const { look, paint, layout } = style;
  const faults = input.faults.map(faultText);
  return [
    ...wrapped(`${look.title}TESTING COMPLETE ${title.toUpperCase()} WORKFLOW`, '', layout).map(paint.bold),
    rule(style),
    ...wrapped(
      `run ${runId}, seed ${String(input.seed)}, ${input.prices} prices, ${input.preset} market`,
      '',
      layout,
    ).map(paint.dim),
    ...attemptLines(run).flatMap((line) => wrapped(line, '', layout).map(paint.yellow)),
    ...(faults.length === 0
      ? []
      : wrapped(`${look.drill}drill: ${printable(faults.join(', '))}`, '', layout).map(paint.yellow)),
  ];
}

/** Every attempt before this one with its verdict, then what this one is. */
function attemptLines({ attempts = [] }: RunState): string[] {
  return attempts.map(({ attempt, order, verdict, redPhase }) => {
    const what = order === null ? '' : ` from ${order.fromPhase}, by ${order.by}: ${order.reason}`;
    const red = redPhase === null ? '' : ` in ${redPhase}`;
    return printable(`attempt ${String(attempt)}${what}${verdict === null ? '' : ` — ${verdict}${red}`}`);
  });
}

/** What can be done with a red run as long as it is there. */
function keptLines({ keptUntil, runId }: RunState): string[] {
  if (keptUntil === undefined) return [];
  return [`kept until ${keptUntil}: e2e rerun ${runId} begins it again at its red phase`];
}

function phaseHeading(phase: PhaseRecord, run: RunState | null, { look, paint, layout }: Style): string[] {
  const heading = `${look.phase(phase.name)}PHASE ${String(phase.number)}: ${phase.title}...`;
  const waits =
    phase.manualBudgetMs !== undefined && run?.input.approve === 'manual' && phase.status === 'running';
  const invitation = waits
    ? wrapped(`waits for a person: e2e approve ${run.runId} --reason "..."`, INDENT, layout).map(paint.yellow)
    : [];
  return ['', ...wrapped(heading, '', layout).map(paint.bold), ...invitation];
}

function finishedPhase(phase: PhaseRecord, gates: readonly GateResult[], style: Style): string[] {
  const { look, paint, layout } = style;
  const verdict = phase.verdict ?? 'inconclusive';
  return [
    ...phase.notes.flatMap((note) => wrapped(printable(note), INDENT, layout)),
    ...(phase.error === null || phase.error === verdict
      ? []
      : wrapped(printable(phase.error), INDENT, layout).map(paint.red)),
    ...redFirst(gates)
      .filter((gate) => gate.verdict !== 'passed')
      .flatMap((gate) => redGate(gate, style)),
    `${INDENT}${colourOf(verdict, paint)(`${look.verdict(verdict)}${phaseSummary(phase, gates, verdict)}`)}`,
  ];
}

function phaseSummary({ durationMs }: PhaseRecord, gates: readonly GateResult[], verdict: Verdict): string {
  const judged = gates.length === 0 ? '' : `: ${String(countPassed(gates))} of ${String(gates.length)} gates`;
  const took = durationMs === null ? '' : ` in ${showDuration(durationMs)}`;
  return `${VERDICT_WORDS[verdict].word}${judged}${took}`;
}

function redGate(gate: GateResult, { look, paint, layout }: Style): string[] {
  const observed = withUnit(gate.observed, gate.unit);
  const samples = gate.sampleSize === null ? '' : `, ${String(gate.sampleSize)} samples`;
  const deeper = (text: string): string[] => wrapped(printable(text), DEEPER, layout);
  const colour = colourOf(gate.verdict, paint);
  return [
    ...wrapped(`${look.gate(gate.verdict)}${printable(`${gate.gate}: ${gate.reason}`)}`, INDENT, layout).map(
      colour,
    ),
    ...deeper(`expected ${gate.expected}, observed ${observed}`),
    ...deeper(`source: ${gate.source}${samples}`).map(paint.dim),
  ];
}

function closing(run: RunState, verdict: Verdict, style: Style): string[] {
  const { look, paint, layout } = style;
  const gates = run.phases.flatMap((phase) => phase.gates);
  const reached = run.phases.filter(({ status }) => status === 'finished').length;
  const took =
    run.finishedAt === null
      ? ''
      : `, ${showDuration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`;
  const { word } = VERDICT_WORDS[verdict];
  const headline = `${look.verdict(verdict)}${run.title.toUpperCase()} E2E TEST ${word.toUpperCase()}`;
  const counts = `${String(reached)} of ${String(run.phases.length)} phases run, ${String(countPassed(gates))} of ${String(gates.length)} gates passed${took}, clean-up ${run.cleanup}`;
  return [
    '',
    rule(style),
    colourOf(verdict, paint)(paint.bold(headline)),
    rule(style),
    ...(run.errors ?? []).flatMap((error) => wrapped(printable(error), '', layout).map(paint.red)),
    ...wrapped(counts, '', layout),
    ...keptLines(run).flatMap((line) => wrapped(line, '', layout).map(paint.yellow)),
  ];
}
