import { cursorAt } from '../documents/cursor.ts';
import { suiteDocument, type SuiteDocumentInput } from '../documents/suite-document.ts';
import { htmlPage, type PageSection } from './page.ts';
import { suiteAttention } from './suite/attention.ts';
import { suiteHeader } from './suite/header.ts';
import { suiteHeadline } from './suite/headline.ts';
import { flakySection, trendsSection } from './suite/history.ts';
import { itemsSection } from './suite/items.ts';
import { forecastSection, slowestSection } from './suite/measurements.ts';
import type { SuitePage } from './suite/suite-page.ts';
import { suiteTimeline } from './suite/timeline.ts';

const SECTIONS: readonly PageSection<SuitePage>[] = [
  { id: 'items', name: 'Items', draw: itemsSection },
  { id: 'timeline', name: 'Time line', draw: suiteTimeline },
  { id: 'trends', name: 'Trends', draw: trendsSection },
  { id: 'flaky', name: 'Flaky gates', draw: flakySection },
  { id: 'slowest', name: 'Slowest phases', draw: slowestSection },
  { id: 'forecasts', name: 'Forecasts', draw: forecastSection },
];

/** The page of a suite: one file that loads nothing, runs no script and reads on paper and on a phone. */
export function suiteReportHtml(input: SuiteDocumentInput): string {
  const page = cursorAt(suiteDocument(input));
  const { suite } = page.value;
  return htmlPage(page, {
    title: `${suite.input.title}: ${suite.verdict ?? 'running'} · ${suite.suiteId}`,
    header: suiteHeader(page),
    before: [suiteHeadline(page), suiteAttention(page)],
    sections: SECTIONS,
  });
}
