import type { RunState } from '../../../contracts/runs.ts';
import { showDuration, showTime } from '../../times.ts';
import { VERDICT_WORDS } from '../../verdicts.ts';
import type { Surroundings } from '../../surroundings.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { badge } from '../parts.ts';

/** Verdict first, then everything needed to run the same again or to find it in Temporal. */
export function pageHeader(run: RunState, surroundings: Surroundings): Markup {
  const state = run.verdict ?? 'running';
  const means = run.verdict === null ? 'The run has no verdict yet.' : VERDICT_WORDS[run.verdict].means;
  return markup`<header class="top ${state}"><p class="kicker">OptiInfra end to end · run ${run.runId}</p>
<h1>${run.title} ${badge(state)}</h1><p class="means">${means}</p>
<dl class="facts">${facts(run, surroundings).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

function facts(run: RunState, surroundings: Surroundings): [string, MarkupValue][] {
  const { input } = run;
  return [
    ['scenario', run.scenario],
    ['seed', input.seed],
    ['prices', input.prices],
    ['market', input.preset],
    ['approval', input.approve],
    ['git revision', markup`<code>${input.gitRevision}</code>`],
    ['started', `${showTime(run.startedAt)} UTC`],
    ['took', took(run)],
    [
      'time scale',
      surroundings.timeScale === null
        ? 'not recorded'
        : `${String(surroundings.timeScale)} world s in a wall s`,
    ],
    ['attempt', run.attempt],
    ['customer', run.customerId ?? 'none was made'],
    ['clean-up', cleanupWord(run)],
    ['workflow', temporalLink(run, surroundings.temporalUi)],
  ];
}

function took({ startedAt, finishedAt }: RunState): string {
  return finishedAt === null ? 'not finished' : showDuration(Date.parse(finishedAt) - Date.parse(startedAt));
}

function cleanupWord({ cleanup }: RunState): MarkupValue {
  if (cleanup === 'done') return 'done';
  return markup`<strong>${cleanup === 'failed' ? '✗ failed' : 'pending'}</strong>`;
}

/** A link only where it leads to a web page; anything else is shown as text. */
function temporalLink({ temporal }: RunState, temporalUi: string | null): Markup {
  const id = markup`<code>${temporal.workflowId}</code>`;
  if (temporalUi === null || !/^https?:\/\//.test(temporalUi)) return id;
  const path = ['namespaces', temporal.namespace, 'workflows', temporal.workflowId, temporal.workflowRunId];
  const address = `${temporalUi.replace(/\/+$/, '')}/${path.map(encodeURIComponent).join('/')}/history`;
  return markup`<a href="${address}" rel="noreferrer">${id} in Temporal’s UI</a>`;
}
