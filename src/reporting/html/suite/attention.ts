import type { GateResult, PhaseRecord, RunState } from '../../../contracts/runs.ts';
import { each, known, type Cursor } from '../../documents/cursor.ts';
import { decidingRun, itemName, OUTCOME_WORDS, stateOfItem } from '../../suite-outcomes.ts';
import { withUnit } from '../../values.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, section } from '../parts.ts';
import { itemPlaces, runLink, runPlace, type ItemPlace, type SuitePage } from './suite-page.ts';

/** What a reader must know first: each red item with its red gates, blocked ones with what blocked them, flaky ones last. */
export function suiteAttention(page: SuitePage): Markup | null {
  const red = itemPlaces(page).filter(({ item }) => item.outcome !== null && item.outcome !== 'passed');
  const rows = [
    ...page.value.suite.errors.map(
      (error) => markup`<li><p>${badge('infra-error')} outside of all items</p><pre>${error}</pre></li>`,
    ),
    ...red.map((place) => redItem(page, place)),
  ];
  if (rows.length === 0) return null;
  return section('attention', 'Why it is not green', markup`<ul class="attention">${rows}</ul>`);
}

function redItem(page: SuitePage, { item, at, figures }: ItemPlace): Markup {
  const state = stateOfItem(item);
  const summary =
    item.outcome === 'flaky'
      ? (item.runs.find(({ verdict }) => verdict !== 'passed') ?? null)
      : decidingRun(item);
  const run = runPlace(page, summary);
  const said = run === undefined ? null : whyRed(run);
  // The reason names its gate already where the gates follow.
  const reason = said === null ? markup`<p>${figures.value.reason ?? OUTCOME_WORDS[state].means}</p>` : null;
  const link = summary === null ? null : markup` · run ${runLink(page, summary.runId)}`;
  return markup`<li><p>${badge(state)} <a href="#item-${String(item.number)}">${itemName(item)}</a>, item ${figure(at.at('number'), 'ordinal')}${link}</p>${item.outcome === 'flaky' ? markup`<p>${OUTCOME_WORDS.flaky.means} What the red try said:</p>` : null}${reason}${said}</li>`;
}

/** Errors and red gates of a run; null when its record names none. */
function whyRed(run: Cursor<RunState>): Markup | null {
  const rows = each(run.at('phases')).flatMap((phase) => [
    ...(phase.value.error === null ? [] : [errorRow(phase, phase.value.error)]),
    ...(['failed', 'inconclusive'] as const).flatMap((verdict) =>
      each(phase.at('gates'))
        .filter(({ value }) => value.verdict === verdict)
        .map((gate) => gateRow(phase, gate)),
    ),
  ]);
  const outside = (run.value.errors ?? []).map((error) => markup`<pre>${error}</pre>`);
  return rows.length + outside.length === 0 ? null : markup`${rows}${outside}`;
}

function errorRow(phase: Cursor<PhaseRecord>, error: string): Markup {
  return markup`<p>Phase ${figure(phase.at('number'), 'ordinal')}, ${phase.value.title}:</p><pre>${error}</pre>`;
}

function gateRow(phase: Cursor<PhaseRecord>, at: Cursor<GateResult>): Markup {
  const gate = at.value;
  const samples = known(at.at('sampleSize'));
  const from = samples === null ? null : markup`, ${figure(samples, 'count')} samples`;
  return markup`<p>${badge(gate.verdict)} <code>${gate.gate}</code> in phase ${figure(phase.at('number'), 'ordinal')}, ${phase.value.title}: ${gate.reason}</p>
<p class="gate">expected <b>${gate.expected}</b>, observed <b>${withUnit(gate.observed, gate.unit)}</b> <span class="quiet">(${gate.source}${from})</span></p>`;
}
