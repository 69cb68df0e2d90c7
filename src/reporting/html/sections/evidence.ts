import type { Evidence } from '../../../contracts/runs.ts';
import { each, known, type Cursor } from '../../documents/cursor.ts';
import { showEvidence, withUnit } from '../../values.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';
import { phasePlaces, type PhasePlace, type RunPage } from '../run-page.ts';

/** Everything that was observed, with where and from how many samples: what the gates judged from. */
export function evidenceSection(page: RunPage): Markup {
  const count = page.at('figures').at('observationCount');
  if (count.value === 0) {
    return section('evidence', 'Evidence', markup`<p class="missing">Nothing was observed.</p>`);
  }
  const phases = phasePlaces(page).filter(({ phase }) => phase.evidence.length > 0);
  const table = markup`<table class="evidence"><thead><tr><th scope="col">name</th><th scope="col">value</th><th scope="col" class="num">samples</th><th scope="col">source</th><th scope="col" class="num">at</th></tr></thead>${phases.map(phaseRows)}</table>`;
  return section(
    'evidence',
    'Evidence',
    markup`<details><summary>${figure(count, 'count')} observations, with source and sample size</summary>${scrollable('Evidence', table)}</details>`,
  );
}

function phaseRows({ phase, at }: PhasePlace): Markup {
  return markup`<tbody><tr class="group"><th scope="rowgroup" colspan="5">${figure(at.at('number'), 'ordinal')}. ${phase.title}</th></tr>${each(at.at('evidence')).map(row)}</tbody>`;
}

function row(at: Cursor<Evidence>): Markup {
  const { name, value, unit, source } = at.value;
  const samples = known(at.at('sampleSize'));
  const shown =
    value === null
      ? markup`<span class="missing">not observed</span>`
      : markup`${figure(at.at('value'), 'evidence')}${unitBehind(showEvidence(value), unit)}`;
  return markup`<tr><th scope="row"><code>${name}</code></th><td class="value">${shown}</td><td class="num">${samples === null ? '–' : figure(samples, 'count')}</td><td>${source}</td><td class="num">${figure(at.at('observedAt'), 'timeOfDay')}</td></tr>`;
}

function unitBehind(shown: string, unit: string): string {
  return withUnit(shown, unit).slice(shown.length);
}
