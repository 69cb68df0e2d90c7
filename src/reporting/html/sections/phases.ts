import type { GateResult, PhaseRecord, RunState } from '../../../contracts/runs.ts';
import { showDuration } from '../../times.ts';
import { countPassed, redFirst } from '../../verdicts.ts';
import { withUnit } from '../../values.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { badge, scrollable, section } from '../parts.ts';
import { stateOf } from './timeline.ts';

/** What each phase saw and how it was judged; those that are not green are open. */
export function phasesSection(run: RunState): Markup {
  return section('phases', 'Phases and their gates', run.phases.map(phaseDetails));
}

function phaseDetails(phase: PhaseRecord): Markup {
  const state = stateOf(phase);
  const summary = markup`<summary><h3>${phase.number}. ${phase.title}</h3> ${badge(state)} <span class="quiet">${summaryLine(phase)}</span></summary>`;
  const content = [
    phase.error === null ? null : markup`<pre class="error">${phase.error}</pre>`,
    phase.notes.length === 0 ? null : markup`<ul>${phase.notes.map((note) => markup`<li>${note}</li>`)}</ul>`,
    phase.gates.length === 0
      ? markup`<p class="missing">No gate was judged in this phase.</p>`
      : gatesTable(phase),
  ];
  const id = `phase-${String(phase.number)}`;
  return state === 'passed' || state === 'not-reached'
    ? markup`<details id="${id}" class="phase ${state}">${summary}${content}</details>`
    : markup`<details id="${id}" class="phase ${state}" open="">${summary}${content}</details>`;
}

function summaryLine({ gates, durationMs }: PhaseRecord): string {
  const judged =
    gates.length === 0 ? 'no gates' : `${String(countPassed(gates))} of ${String(gates.length)} gates passed`;
  return durationMs === null ? judged : `${judged}, ${showDuration(durationMs)}`;
}

function gatesTable(phase: PhaseRecord): Markup {
  const columns = ['gate', 'verdict', 'expected', 'observed', 'samples', 'source', 'reason'];
  return scrollable(
    `Gates of phase ${String(phase.number)}`,
    markup`<table class="gates"><thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead><tbody>${redFirst(phase.gates).map(gateRow)}</tbody></table>`,
  );
}

function gateRow(gate: GateResult): Markup {
  const from =
    gate.evidence.length === 0
      ? null
      : markup`<br/><span class="quiet">judged from ${gate.evidence.join(', ')}</span>`;
  const cells: readonly (readonly [label: string, kind: string, value: MarkupValue])[] = [
    ['verdict', '', badge(gate.verdict)],
    ['expected', '', gate.expected],
    ['observed', 'observed', withUnit(gate.observed, gate.unit)],
    ['samples', 'num', gate.sampleSize === null ? '–' : gate.sampleSize.toLocaleString('en-US')],
    ['source', '', markup`${gate.source}${from}`],
    ['reason', '', gate.reason],
  ];
  return markup`<tr class="${gate.verdict}"><th scope="row"><code>${gate.gate}</code></th>${cells.map(
    ([label, kind, value]) => markup`<td class="${kind}" data-label="${label}">${value}</td>`,
  )}</tr>`;
}
