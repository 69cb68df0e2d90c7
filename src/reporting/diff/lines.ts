import type { DiffSide, Divergence, EvidenceDiff, PhaseDiff, RunDiff } from '../../contracts/run-diff.ts';
import type { EvidenceValue } from '../../contracts/runs.ts';
import { inColumns, type Cell } from '../console/columns.ts';
import { colourOf, type Paint } from '../console/look.ts';
import { cut, printable, wrapped, type Layout } from '../console/text.ts';
import { wasJudged } from './diff-runs.ts';
import { showDuration } from '../times.ts';
import { showEvidence, showShare, withUnit } from '../values.ts';

/** Numbers that differ by less are noise of a machine, for people; `--json` has them all. */
const NOTABLE_CHANGE = 0.05;
/** Evidence shown a phase. */
const MOST_EVIDENCE = 6;
const LAYOUT: Layout = { columns: 80, splitWords: false };

/** A diff for people: where the verdicts part first, then inputs, phases and what was observed otherwise. */
export function diffLines(diff: RunDiff, paint: Paint): string[] {
  return [
    headLine('A', diff.a, paint),
    headLine('B', diff.b, paint),
    '',
    ...divergenceLines(diff, paint),
    ...inputLines(diff, paint),
    '',
    ...phaseLines(diff.phases, paint),
    ...evidenceLines(diff.phases, paint),
  ];
}

/** An id begins with the time of its start. */
function headLine(letter: string, side: DiffSide, paint: Paint): string {
  const { attempt, durationMs, verdict } = side;
  const which = attempt === 1 ? '' : `, attempt ${String(attempt)}`;
  const took = durationMs === null ? '' : ` in ${showDuration(durationMs)}`;
  const said = colourOf(verdict, paint)(`${verdict ?? 'no verdict'}${took}`);
  return `${letter}  ${side.runId}${which}  ${side.scenario}  ${said}`;
}

function divergenceLines({ firstDivergence, phases, a, b }: RunDiff, paint: Paint): string[] {
  const other =
    a.scenario === b.scenario ? [] : [paint.yellow('Two scenarios: only phases of one name are compared.')];
  if (firstDivergence === null) {
    const gates = phases.reduce((sum, phase) => sum + phase.gates.length, 0);
    return [...other, paint.green(`Same verdicts: ${String(phases.length)} phases, ${String(gates)} gates.`)];
  }
  const { phase, gate } = firstDivergence;
  const where =
    phase === null
      ? 'the end of the run'
      : [numberOf(phases, phase), phase, gate].filter((part) => part !== null).join(' ');
  return [
    ...other,
    ...wrapped(`First divergence: ${gate === null ? '' : 'gate '}${where}`, '', LAYOUT).map(paint.bold),
    ...sawLines('A', firstDivergence.a, paint),
    ...sawLines('B', firstDivergence.b, paint),
  ];
}

function numberOf(phases: readonly PhaseDiff[], name: string): string | null {
  const phase = phases.find((each) => each.phase === name);
  const number = phase?.a?.number ?? phase?.b?.number;
  return number === undefined ? null : String(number);
}

function sawLines(letter: string, side: Divergence['a'], paint: Paint): string[] {
  if (side === null) return [`  ${letter}  ${paint.yellow('has no such phase or gate')}`];
  const [first = '', ...rest] = wrapped(
    printable(`${side.verdict ?? 'not judged'}: ${side.saw}`),
    '     ',
    LAYOUT,
  );
  return [`  ${letter}  ${first.trimStart()}`, ...rest].map(colourOf(side.verdict, paint));
}

function inputLines({ inputs }: RunDiff, paint: Paint): string[] {
  if (inputs.length === 0) return ['', paint.dim('Started alike: seed, revision, faults, settings, scale.')];
  const columns = [{ head: 'started with' }, { head: 'A' }, { head: 'B' }];
  const rows = inputs.map(({ name, a, b }) => [name, cut(a ?? '–', 28), cut(b ?? '–', 28)]);
  return ['', ...inColumns(columns, rows, paint.bold)];
}

function phaseLines(phases: readonly PhaseDiff[], paint: Paint): string[] {
  const right = 'right' as const;
  const columns = [
    { head: 'phase' },
    { head: 'verdict' },
    { head: 'A took', side: right },
    { head: 'B took', side: right },
    { head: 'change', side: right },
  ];
  return inColumns(
    columns,
    phases.flatMap((phase) => [phaseRow(phase, paint), ...gateRows(phase, paint)]),
    paint.bold,
  );
}

function phaseRow(phase: PhaseDiff, paint: Paint): (Cell | string)[] {
  const { a, b, durationChange } = phase;
  const saidOf = (side: PhaseDiff['a']): string =>
    side === null ? 'missing' : (side.verdict ?? side.status);
  return [
    [numberOf([phase], phase.phase), phase.phase].join(' '),
    phase.sameVerdict
      ? { text: saidOf(a), paint: colourOf(a?.verdict ?? null, paint) }
      : { text: `${saidOf(a)} → ${saidOf(b)}`, paint: colourOf(b?.verdict ?? null, paint) },
    tookOf(a),
    tookOf(b),
    durationChange === null ? '' : showShare(durationChange, { signed: true }),
  ];
}

function tookOf(side: PhaseDiff['a']): string {
  const durationMs = side?.durationMs ?? null;
  return durationMs === null ? '' : showDuration(durationMs);
}

/** Gates that were judged otherwise, below their phase. Where one run has no such phase, all of them were. */
function gateRows({ a, b, gates }: PhaseDiff, paint: Paint): Cell[][] {
  if (!wasJudged(a) || !wasJudged(b)) return [];
  return gates
    .filter(({ sameVerdict }) => !sameVerdict)
    .map((gate) => [
      { text: `    ${gate.gate}` },
      {
        text: `${gate.a?.verdict ?? 'missing'} → ${gate.b?.verdict ?? 'missing'}`,
        paint: colourOf(gate.b?.verdict ?? null, paint),
      },
    ]);
}

function evidenceLines(phases: readonly PhaseDiff[], paint: Paint): string[] {
  const told = phases.filter(({ a, b }) => a?.status === 'finished' && b?.status === 'finished');
  const lines = told.flatMap(({ phase, evidence }) => {
    const notable = evidence.filter(isNotable);
    if (notable.length === 0) return [];
    const more = notable.length - MOST_EVIDENCE;
    return [
      paint.bold(phase),
      ...notable.slice(0, MOST_EVIDENCE).flatMap(evidenceLine),
      ...(more > 0 ? [paint.dim(`  … ${String(more)} more: --json has all`)] : []),
    ];
  });
  if (lines.length === 0) return ['', paint.dim('What was observed is alike within 5 %.')];
  return ['', paint.bold('observed otherwise (numbers by 5 % and more)'), ...lines];
}

function isNotable({ same, missing, a, b, change }: EvidenceDiff): boolean {
  if (same || (isName(a) && isName(b))) return false;
  if (missing !== null || change === null) return true;
  return Math.abs(change) >= NOTABLE_CHANGE;
}

/** Ids and times are never the same in two runs, and say nothing. */
const NAME = /^(?=\S*\d)[\w.:/-]{10,}$/;

function isName(value: EvidenceValue): boolean {
  if (typeof value === 'string') return NAME.test(value);
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && NAME.test(each));
}

function evidenceLine({ name, unit, a, b, missing, change }: EvidenceDiff): string[] {
  const show = (side: 'a' | 'b', value: EvidenceValue): string =>
    missing === side ? 'not recorded' : withUnit(showEvidence(value), unit);
  const by = change === null ? '' : ` (${showShare(change, { signed: true })})`;
  return wrapped(printable(`${name}: ${show('a', a)} → ${show('b', b)}${by}`), '  ', LAYOUT);
}
