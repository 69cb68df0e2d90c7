import { each, type Cursor } from '../../documents/cursor.ts';
import type { SlowPhase, SuiteFigures } from '../../documents/suite-figures.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';
import { meterPicture } from '../sections/timeline.ts';
import { forecastsOfHistory, heads, orDash, row, slowPhasesOfHistory } from './history.ts';
import { runLink, type SuitePage } from './suite-page.ts';

/** The slowest phases of this suite and of earlier runs. */
export function slowestSection(page: SuitePage): Markup {
  const phases = each(page.at('figures').at('slowestPhases'));
  const own =
    phases.length === 0
      ? markup`<p class="missing">No phase of a recorded run has ended.</p>`
      : scrollable(
          'Slowest phases of this suite',
          markup`<table class="slow stack"><thead><tr><th scope="col">phase</th><th scope="col">scenario</th><th scope="col">run</th>${heads(['took', 'of its budget'])}</tr></thead><tbody>${phases.map((at) => slowRow(page, at))}</tbody></table>`,
        );
  return section(
    'slowest',
    'Slowest phases',
    markup`<h3>In this suite</h3>${own}<h3>In earlier runs</h3>${slowPhasesOfHistory(page)}`,
  );
}

function slowRow(page: SuitePage, at: Cursor<SlowPhase>): Markup {
  const { phase, scenario, runId, budgetShare } = at.value;
  return row(markup`<code>${phase}</code>`, [
    ['scenario', '', scenario],
    ['run', '', runLink(page, runId)],
    ['took', 'num', figure(at.at('durationMs'), 'duration')],
    [
      'of its budget',
      'num',
      markup`<span class="meter">${meterPicture(budgetShare)} ${figure(at.at('budgetShare'), 'percent')} of ${figure(at.at('budgetMs'), 'seconds')}</span>`,
    ],
  ]);
}

/** The forecast ledger: what was named beforehand, and what came of it. */
export function forecastSection(page: SuitePage): Markup {
  const forecasts = each(page.at('figures').at('forecasts'));
  const own =
    forecasts.length === 0
      ? markup`<p class="missing">No recorded run of this suite made a forecast.</p>`
      : scrollable(
          'Forecasts of this suite',
          markup`<table class="forecasts stack"><thead><tr><th scope="col">forecast</th><th scope="col">scenario</th><th scope="col">run</th>${heads(['predicted', 'from', 'to', 'measured', 'error'])}<th scope="col">unit</th></tr></thead><tbody>${forecasts.map((at) => forecastRow(page, at))}</tbody></table>`,
        );
  return section(
    'forecasts',
    'Forecast ledger',
    markup`<p>What the platform named beforehand, its interval, and what was measured after. Never one from the other.</p><h3>In this suite</h3>${own}<h3>In earlier runs</h3>${forecastsOfHistory(page)}`,
  );
}

function forecastRow(page: SuitePage, at: Cursor<SuiteFigures['forecasts'][number]>): Markup {
  const { what, scenario, runId, unit } = at.value;
  return row(markup`${what}`, [
    ['scenario', '', scenario],
    ['run', '', runLink(page, runId)],
    ['predicted', 'num', orDash(at.at('predicted'), 'number')],
    ['from', 'num', orDash(at.at('low'), 'number')],
    ['to', 'num', orDash(at.at('high'), 'number')],
    ['measured', 'num', orDash(at.at('measured'), 'number')],
    ['error', 'num', orDash(at.at('error'), 'change')],
    ['unit', '', unit],
  ]);
}
