import type { RunEvidenceFile } from '../../../contracts/runs.ts';
import { showTimeOfDay } from '../../times.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';

/** What the platform told its customer, in order; a missing number in the sequence is pointed out. */
export function eventsSection(evidence: RunEvidenceFile | null, missing: string): Markup {
  return section('events', 'Events of the platform', content(evidence, missing));
}

function content(evidence: RunEvidenceFile | null, missing: string): Markup {
  if (evidence === null) return markup`<p class="missing">${missing}</p>`;
  const events = evidence.events.toSorted((left, right) => left.sequence - right.sequence);
  if (events.length === 0)
    return markup`<p class="missing">The platform stored no event for this customer.</p>`;
  const rows = events.map(({ sequence, at, type, summary }, index) => {
    const before = events[index - 1]?.sequence;
    const gap = before !== undefined && sequence !== before + 1;
    return markup`${gap ? gapRow(before, sequence) : null}<tr><td class="num">${sequence}</td><td class="num">${showTimeOfDay(at)}</td><th scope="row"><code>${type}</code></th><td>${summary}</td></tr>`;
  });
  return scrollable(
    'Events of the platform',
    markup`<table><caption>${events.length} events, wall time in UTC</caption><thead><tr><th scope="col" class="num">#</th><th scope="col" class="num">at</th><th scope="col">event</th><th scope="col">what it said</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function gapRow(before: number, sequence: number): Markup {
  return markup`<tr class="failed"><td colspan="4">✗ ${gapWords(before, sequence)}</td></tr>`;
}

function gapWords(before: number, sequence: number): string {
  if (sequence === before) return 'the same number twice';
  const [first, last] = [String(before + 1), String(sequence - 1)];
  return first === last ? `number ${first} is missing` : `numbers ${first} to ${last} are missing`;
}
