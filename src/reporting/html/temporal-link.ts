import type { RunState } from '../../contracts/runs.ts';
import { markup, type Markup, type MarkupValue } from './markup.ts';

/** A link to the workflow in Temporal's UI, only where it leads to a web page; anything else is shown as text. */
export function temporalLink(
  temporal: RunState['temporal'],
  temporalUi: string | null,
  words: MarkupValue = markup`<code>${temporal.workflowId}</code> in Temporal’s UI`,
): Markup {
  if (temporalUi === null || !/^https?:\/\//.test(temporalUi)) {
    return markup`<code>${temporal.workflowId}</code>`;
  }
  const path = ['namespaces', temporal.namespace, 'workflows', temporal.workflowId, temporal.workflowRunId];
  const address = `${temporalUi.replace(/\/+$/, '')}/${path.map(encodeURIComponent).join('/')}/history`;
  return markup`<a href="${address}" rel="noreferrer">${words}</a>`;
}
