import type { RunState } from '../../../contracts/runs.ts';
import { known } from '../../documents/cursor.ts';
import { VERDICT_WORDS } from '../../verdicts.ts';
import { figure } from '../figure.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { badge } from '../parts.ts';
import type { RunPage } from '../run-page.ts';
import { temporalLink } from '../temporal-link.ts';

/** Verdict first, then everything needed to run the same again or to find it in Temporal. */
export function pageHeader(page: RunPage): Markup {
  const run = page.value.run;
  const state = run.verdict ?? 'running';
  const means = run.verdict === null ? 'The run has no verdict yet.' : VERDICT_WORDS[run.verdict].means;
  return markup`<header class="top ${state}"><p class="kicker">OptiInfra end to end · run ${run.runId}</p>
<h1>${run.title} ${badge(state)}</h1><p class="means">${means}</p>
<dl class="facts">${facts(page).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

function facts(page: RunPage): [string, MarkupValue][] {
  const { run, surroundings } = page.value;
  const { input } = run;
  const at = page.at('run');
  const took = known(page.at('figures').at('tookMs'));
  const timeScale = known(page.at('surroundings').at('timeScale'));
  return [
    ['scenario', run.scenario],
    ['seed', figure(at.at('input').at('seed'), 'ordinal')],
    ['prices', input.prices],
    ['market', input.preset],
    ['approval', input.approve],
    ['git revision', markup`<code>${input.gitRevision}</code>`],
    ['started', markup`${figure(at.at('startedAt'), 'time')} UTC`],
    ['took', took === null ? 'not finished' : figure(took, 'duration')],
    [
      'time scale',
      timeScale === null ? 'not recorded' : markup`${figure(timeScale, 'ordinal')} world s in a wall s`,
    ],
    ['attempt', figure(at.at('attempt'), 'ordinal')],
    ['customer', run.customerId ?? 'none was made'],
    ['clean-up', cleanupWord(run)],
    ['workflow', temporalLink(run.temporal, surroundings.temporalUi)],
  ];
}

function cleanupWord({ cleanup }: RunState): MarkupValue {
  if (cleanup === 'done') return 'done';
  return markup`<strong>${cleanup === 'failed' ? '✗ failed' : 'pending'}</strong>`;
}
