import type { RunState } from '../../contracts/runs.ts';
import type { SuiteState } from '../../contracts/suites.ts';
import {
  OUTCOME_WORDS,
  itemName,
  itemReason,
  redItemsFirst,
  stateOfItem,
} from '../../reporting/suite-outcomes.ts';
import { withUnit } from '../../reporting/values.ts';
import { VERDICT_WORDS, redGates } from '../../reporting/verdicts.ts';

/** GitHub shows ten errors of a step; the rest would be lost without a word. */
const SHOWN = 10;

/** A line each that GitHub shows beside the job: red gates and errors of a run that did not pass. */
export function annotationsOfRun(run: RunState): readonly string[] {
  if (run.verdict === 'passed' || run.verdict === null) return [];
  const word = VERDICT_WORDS[run.verdict].word;
  const said = [
    ...run.phases.flatMap(({ title, error }) => (error === null ? [] : [`${title}: ${error}`])),
    ...(run.errors ?? []),
    ...redGates(run).map(
      ({ phase, gate }) =>
        `${phase.title}: ${gate.gate} expected ${gate.expected}, observed ${withUnit(gate.observed, gate.unit)} (${gate.source})`,
    ),
  ];
  const lines = said.length === 0 ? [VERDICT_WORDS[run.verdict].means] : said;
  return limited(lines).map((line) => annotation(`${run.scenario} ${word}`, line));
}

/** One line for each item that is not green. */
export function annotationsOfSuite(suite: SuiteState): readonly string[] {
  const red = redItemsFirst(suite.items).filter(({ outcome }) => outcome !== null && outcome !== 'passed');
  const lines = [
    ...suite.errors.map((error) => annotation(suite.input.title, error)),
    ...red.map((item) => {
      const { word, means } = OUTCOME_WORDS[stateOfItem(item)];
      return annotation(`${itemName(item)} ${word}`, itemReason(item) ?? means);
    }),
  ];
  if (lines.length <= SHOWN) return lines;
  const more = annotation(suite.input.title, `${String(lines.length - SHOWN + 1)} more are in the summary`);
  return [...lines.slice(0, SHOWN - 1), more];
}

function limited(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN) return lines;
  return [...lines.slice(0, SHOWN - 1), `${String(lines.length - SHOWN + 1)} more are in the summary`];
}

/** A workflow command. What it says is escaped, so that no text of others becomes a command. */
function annotation(title: string, message: string): string {
  const value = escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::error title=${value}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
