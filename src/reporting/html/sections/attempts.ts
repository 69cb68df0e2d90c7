import type { AttemptRecord } from '../../../contracts/attempts.ts';
import { cursorAt, each, type Cursor } from '../../documents/cursor.ts';
import { faultPosition } from '../../fault-position.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, scrollable, section } from '../parts.ts';
import type { RunPage } from '../run-page.ts';

/** Who has begun the run again, how long it was kept, and who was refused. Nothing when none of that happened. */
export function attemptsSection(page: RunPage): Markup | null {
  const { attempts = [], refusals = [] } = page.value.run;
  const hold = holdNote(page);
  if (attempts.length === 0 && refusals.length === 0 && hold === null) return null;
  return section('attempts', 'Attempts', [
    attempts.length === 0 ? null : attemptsTable(each(cursorAt(attempts, 'run.attempts'))),
    hold,
    refusals.length === 0
      ? null
      : markup`<h3>Refused</h3><ul>${each(cursorAt(refusals, 'run.refusals')).map(
          (at) =>
            markup`<li>${figure(at.at('at'), 'time')} UTC, ${at.value.what} by ${at.value.by}: ${at.value.why}</li>`,
        )}</ul>`,
  ]);
}

function attemptsTable(attempts: readonly Cursor<AttemptRecord>[]): Markup {
  const columns = ['attempt', 'verdict', 'red phase', 'began at', 'changed', 'by', 'reason', 'started'];
  return scrollable(
    'Attempts of this run',
    markup`<table><thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead><tbody>${attempts.map(attemptRow)}</tbody></table>`,
  );
}

function attemptRow(at: Cursor<AttemptRecord>): Markup {
  const { attempt, order, verdict, redPhase } = at.value;
  const cells = [
    verdict === null ? 'not known' : badge(verdict),
    redPhase ?? '–',
    order?.fromPhase ?? (attempt === 1 ? 'the beginning' : 'a reset that nobody ordered'),
    changesOf(order),
    order?.by ?? '–',
    order?.reason ?? '–',
    markup`${figure(at.at('startedAt'), 'time')} UTC`,
  ];
  return markup`<tr><th scope="row">${figure(at.at('attempt'), 'ordinal')}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`;
}

function changesOf(order: AttemptRecord['order']): string {
  if (order === null) return '–';
  const settings = Object.entries(order.settings).map(([name, value]) => `${name}=${value}`);
  const { faults } = order;
  const world =
    faults?.length === 0
      ? ['no faults']
      : (faults ?? []).map((fault) => `${fault.fault.kind} ${faultPosition(fault)}`);
  const all = [...settings, ...world];
  return all.length === 0 ? 'nothing' : all.join(', ');
}

function holdNote(page: RunPage): Markup | null {
  const { keptUntil, holdEnded } = page.value.run;
  if (keptUntil !== undefined) {
    const until = figure(cursorAt(keptUntil, 'run.keptUntil'), 'time');
    return markup`<p>Its customers are kept until ${until} UTC.</p>`;
  }
  if (holdEnded === undefined) return null;
  const { at, how, by, reason } = holdEnded;
  const until = figure(cursorAt(at, 'run.holdEnded.at'), 'time');
  const who = by === null ? '' : ` by ${by}: ${reason ?? ''}`;
  return markup`<p>Its customers were kept until ${until} UTC; the ${how} ended that${who}.</p>`;
}
