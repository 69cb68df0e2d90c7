import { cursorAt } from '../documents/cursor.ts';
import { runDocument, type RunDocumentInput } from '../documents/run-document.ts';
import { curvesSection } from './curves/section.ts';
import { htmlPage, type PageSection } from './page.ts';
import type { RunPage } from './run-page.ts';
import { attemptsSection } from './sections/attempts.ts';
import { attentionSection, drillNote } from './sections/attention.ts';
import { cleanUpSection } from './sections/clean-up.ts';
import { eventsSection } from './sections/events.ts';
import { evidenceSection } from './sections/evidence.ts';
import { pageHeader } from './sections/header.ts';
import { headline } from './sections/headline.ts';
import { phasesSection } from './sections/phases.ts';
import { timelineSection } from './sections/timeline.ts';

/** The sections that the navigation leads to, in their order; one that draws nothing for a run is left out. */
const SECTIONS: readonly PageSection<RunPage>[] = [
  { id: 'attempts', name: 'Attempts', draw: attemptsSection },
  { id: 'timeline', name: 'Time line', draw: timelineSection },
  { id: 'phases', name: 'Phases and gates', draw: phasesSection },
  { id: 'curves', name: 'Curves', draw: curvesSection },
  { id: 'events', name: 'Events', draw: eventsSection },
  { id: 'evidence', name: 'Evidence', draw: evidenceSection },
  { id: 'clean-up', name: 'Clean-up', draw: cleanUpSection },
];

/** The page of one run: one file that loads nothing, runs no script and reads on paper and on a phone. */
export function htmlReport(input: RunDocumentInput): string {
  const page = cursorAt(runDocument(input));
  const { run } = page.value;
  return htmlPage(page, {
    title: `${run.title}: ${run.verdict ?? 'running'} · ${run.runId}`,
    header: pageHeader(page),
    before: [drillNote(page), headline(page), attentionSection(page)],
    sections: SECTIONS,
  });
}
