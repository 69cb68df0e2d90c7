import type { Evidence, PhaseRecord, RunState } from '../../../contracts/runs.ts';
import { showTimeOfDay } from '../../times.ts';
import { showEvidence, withUnit } from '../../values.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';

/** Everything that was observed, with where and from how many samples: what the gates judged from. */
export function evidenceSection(run: RunState): Markup {
  const phases = run.phases.filter(({ evidence }) => evidence.length > 0);
  const count = phases.reduce((sum, { evidence }) => sum + evidence.length, 0);
  if (count === 0) {
    return section('evidence', 'Evidence', markup`<p class="missing">Nothing was observed.</p>`);
  }
  const table = markup`<table class="evidence"><thead><tr><th scope="col">name</th><th scope="col">value</th><th scope="col" class="num">samples</th><th scope="col">source</th><th scope="col" class="num">at</th></tr></thead>${phases.map(phaseRows)}</table>`;
  return section(
    'evidence',
    'Evidence',
    markup`<details><summary>${count} observations, with source and sample size</summary>${scrollable('Evidence', table)}</details>`,
  );
}

function phaseRows({ number, title, evidence }: PhaseRecord): Markup {
  return markup`<tbody><tr class="group"><th scope="rowgroup" colspan="5">${number}. ${title}</th></tr>${evidence.map(row)}</tbody>`;
}

function row({ name, value, unit, sampleSize, source, observedAt }: Evidence): Markup {
  const shown =
    value === null
      ? markup`<span class="missing">not observed</span>`
      : markup`${withUnit(showEvidence(value), unit)}`;
  return markup`<tr><th scope="row"><code>${name}</code></th><td class="value">${shown}</td><td class="num">${sampleSize === null ? '–' : sampleSize.toLocaleString('en-US')}</td><td>${source}</td><td class="num">${showTimeOfDay(observedAt)}</td></tr>`;
}
