import type { GateResult } from '../../../contracts/runs.ts';
import { each, known, type Cursor } from '../../documents/cursor.ts';
import { withUnit } from '../../values.ts';
import { redFirst } from '../../verdicts.ts';
import { figure } from '../figure.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { badge, scrollable, section } from '../parts.ts';
import { phasePlaces, type PhasePlace, type RunPage } from '../run-page.ts';
import { stateOf } from './timeline.ts';

/** What each phase saw and how it was judged; those that are not green are open. */
export function phasesSection(page: RunPage): Markup {
  return section('phases', 'Phases and their gates', phasePlaces(page).map(phaseDetails));
}

function phaseDetails(place: PhasePlace): Markup {
  const { phase, at } = place;
  const state = stateOf(phase);
  const summary = markup`<summary><h3>${figure(at.at('number'), 'ordinal')}. ${phase.title}</h3> ${badge(state)} <span class="quiet">${summaryLine(place)}</span></summary>`;
  const content = [
    phase.error === null ? null : markup`<pre class="error">${phase.error}</pre>`,
    phase.notes.length === 0 ? null : markup`<ul>${phase.notes.map((note) => markup`<li>${note}</li>`)}</ul>`,
    phase.gates.length === 0
      ? markup`<p class="missing">No gate was judged in this phase.</p>`
      : gatesTable(place),
  ];
  const id = `phase-${String(phase.number)}`;
  return state === 'passed' || state === 'not-reached'
    ? markup`<details id="${id}" class="phase ${state}">${summary}${content}</details>`
    : markup`<details id="${id}" class="phase ${state}" open="">${summary}${content}</details>`;
}

function summaryLine({ phase, at, figures }: PhasePlace): Markup {
  const judged =
    phase.gates.length === 0
      ? markup`no gates`
      : markup`${figure(figures.at('gatesPassed'), 'ordinal')} of ${figure(figures.at('gateCount'), 'ordinal')} gates passed`;
  const took = known(at.at('durationMs'));
  return took === null ? judged : markup`${judged}, ${figure(took, 'duration')}`;
}

function gatesTable({ phase, at }: PhasePlace): Markup {
  const columns = ['gate', 'verdict', 'expected', 'observed', 'samples', 'source', 'reason'];
  const places = new Map(each(at.at('gates')).map((place) => [place.value, place]));
  const rows = redFirst(phase.gates).flatMap((gate) => places.get(gate) ?? []);
  return scrollable(
    `Gates of phase ${String(phase.number)}`,
    markup`<table class="gates stack"><thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(gateRow)}</tbody></table>`,
  );
}

function gateRow(at: Cursor<GateResult>): Markup {
  const gate = at.value;
  const samples = known(at.at('sampleSize'));
  const from =
    gate.evidence.length === 0
      ? null
      : markup`<br/><span class="quiet">judged from ${gate.evidence.join(', ')}</span>`;
  const cells: readonly (readonly [label: string, kind: string, value: MarkupValue])[] = [
    ['verdict', '', badge(gate.verdict)],
    ['expected', '', gate.expected],
    ['observed', 'observed', withUnit(gate.observed, gate.unit)],
    ['samples', 'num', samples === null ? '–' : figure(samples, 'count')],
    ['source', '', markup`${gate.source}${from}`],
    ['reason', '', gate.reason],
  ];
  return markup`<tr class="${gate.verdict}"><th scope="row"><code>${gate.gate}</code></th>${cells.map(
    ([label, kind, value]) => markup`<td class="${kind}" data-label="${label}">${value}</td>`,
  )}</tr>`;
}
