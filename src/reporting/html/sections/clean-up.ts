import { markup, type Markup } from '../markup.ts';
import { badge, section } from '../parts.ts';
import type { RunPage } from '../run-page.ts';

/** What became of what the run made, and where its own records are. */
export function cleanUpSection(page: RunPage): Markup {
  const run = page.value.run;
  const said = {
    done: markup`${badge('passed')} What still ran for this run was ended and its instances were taken down.`,
    failed: markup`${badge('infra-error')} Something of this run may still be there: instances carry the tag <code>optiinfra:run</code> with this run’s id.`,
    pending: markup`${badge('running')} Not yet begun.`,
  }[run.cleanup];
  const file =
    run.evidenceFile === null
      ? markup`none was written`
      : markup`<code class="hash">${run.evidenceFile}</code> (SHA-256 of its content)`;
  return section(
    'clean-up',
    'Clean-up and records',
    markup`<p>${said}</p><p>Evidence file: ${file}. Beside this page lie <code>run.json</code> (the run as it was recorded) and <code>junit.xml</code>; <code>e2e report --format json</code> has every figure shown here.</p>`,
  );
}
