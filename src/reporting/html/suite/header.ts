import type { Verdict } from '../../../contracts/runs.ts';
import { known } from '../../documents/cursor.ts';
import { figure } from '../figure.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { badge } from '../parts.ts';
import { temporalLink } from '../temporal-link.ts';
import type { SuitePage } from './suite-page.ts';

/** Verdict first, then everything needed to run the same again or to find it in Temporal. */
export function suiteHeader(page: SuitePage): Markup {
  const { suite } = page.value;
  const state = suite.verdict ?? 'running';
  const means = suite.verdict === null ? 'The suite has no verdict yet.' : MEANS[suite.verdict];
  return markup`<header class="top ${state}"><p class="kicker">OptiInfra end to end · suite ${suite.suiteId}</p>
<h1>${suite.input.title} ${badge(state)}</h1><p class="means">${means}</p>
<dl class="facts">${facts(page).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

const MEANS = {
  passed: 'Every item passed at its first try.',
  failed: 'At least one item failed: a gate did not hold.',
  inconclusive: 'Nothing failed, but something could not be judged or passed only after another try.',
  'infra-error': 'Nothing failed, but something could not run or the environment broke.',
  cancelled: 'The suite was stopped before its end.',
} as const satisfies Record<Verdict, string>;

function facts(page: SuitePage): [string, MarkupValue][] {
  const { suite, surroundings } = page.value;
  const at = page.at('suite');
  const input = at.at('input');
  const took = known(page.at('figures').at('tookMs'));
  const timeScale = known(page.at('surroundings').at('timeScale'));
  const shard = known(input.at('shard'));
  return [
    ['selection', selectionText(page)],
    ['seed', figure(at.at('seed'), 'ordinal')],
    ['git revision', markup`<code>${suite.input.scenario.gitRevision}</code>`],
    ['at the same time', markup`${figure(input.at('parallel'), 'ordinal')} at most`],
    ['runs a scenario', figure(input.at('repeat'), 'ordinal')],
    ['further tries', figure(input.at('retries'), 'ordinal')],
    [
      'shard',
      shard === null
        ? 'none'
        : markup`${figure(shard.at('index'), 'ordinal')} of ${figure(shard.at('count'), 'ordinal')}`,
    ],
    ['fail fast', suite.input.failFast ? 'yes' : 'no'],
    ['schedule', suite.input.scheduleId ?? 'none'],
    [
      'time scale',
      timeScale === null ? 'not recorded' : markup`${figure(timeScale, 'ordinal')} world s in a wall s`,
    ],
    ['started', markup`${figure(at.at('startedAt'), 'time')} UTC`],
    ['took', took === null ? 'not finished' : figure(took, 'duration')],
    ['workflow', temporalLink(suite.temporal, surroundings.temporalUi)],
  ];
}

function selectionText(page: SuitePage): MarkupValue {
  const { patterns, expression, tags, notTags } = page.value.suite.input.selection;
  const quotas = page.at('suite').at('input').at('quotas');
  const words = [
    ...patterns,
    ...(expression === null ? [] : [`-k ${expression}`]),
    ...tags.map((tag) => `--tag ${tag}`),
    ...notTags.map((tag) => `--not-tag ${tag}`),
  ];
  const limits = Object.keys(quotas.value).map(
    (tag) => markup`, ${tag}: ${figure(quotas.at(tag), 'ordinal')} at most`,
  );
  return markup`${words.length === 0 ? 'every scenario' : words.join(' ')}${limits}`;
}
