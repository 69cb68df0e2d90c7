import { each, known, type Cursor } from '../../documents/cursor.ts';
import type { RunFigures } from '../../documents/run-figures.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';
import type { RunPage } from '../run-page.ts';

/** What the platform told its customer, in order; a missing number in the sequence is pointed out. */
export function eventsSection(page: RunPage): Markup {
  return section('events', 'Events of the platform', content(page));
}

function content(page: RunPage): Markup {
  const evidence = known(page.at('evidence'));
  if (evidence === null) return markup`<p class="missing">${page.value.missingEvidence}</p>`;
  const events = each(evidence.at('events')).toSorted(
    (left, right) => left.value.sequence - right.value.sequence,
  );
  if (events.length === 0)
    return markup`<p class="missing">The platform stored no event for this customer.</p>`;
  const gaps = each(page.at('figures').at('eventGaps'));
  const rows = events.map((at, index) => {
    const { sequence, type, summary } = at.value;
    const before = events[index - 1]?.value.sequence;
    const gap = gaps.find(({ value }) => value.before === before && value.last === sequence - 1);
    const odd = gap !== undefined ? gapRow(gapWords(gap)) : before === sequence ? gapRow(TWICE) : null;
    return markup`${odd}<tr><td class="num">${figure(at.at('sequence'), 'ordinal')}</td><td class="num">${figure(at.at('at'), 'timeOfDay')}</td><th scope="row"><code>${type}</code></th><td>${summary}</td></tr>`;
  });
  return scrollable(
    'Events of the platform',
    markup`<table><caption>${figure(page.at('figures').at('eventCount'), 'count')} events, wall time in UTC</caption><thead><tr><th scope="col" class="num">#</th><th scope="col" class="num">at</th><th scope="col">event</th><th scope="col">what it said</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

const TWICE = markup`the same number twice`;

function gapRow(words: Markup): Markup {
  return markup`<tr class="failed"><td colspan="4">✗ ${words}</td></tr>`;
}

function gapWords(gap: Cursor<RunFigures['eventGaps'][number]>): Markup {
  const first = figure(gap.at('first'), 'ordinal');
  if (gap.value.first === gap.value.last) return markup`number ${first} is missing`;
  return markup`numbers ${first} to ${figure(gap.at('last'), 'ordinal')} are missing`;
}
