import { phaseBudget } from '../../src/assertions/phase-budget.ts';
import { GATES, type ScenarioGates } from '../../src/assertions/scenarios/index.ts';
import { SCENARIOS, type ScenarioDefinition } from '../../src/contracts/scenarios/index.ts';
import type { Gate, PhaseDefinition } from '../../src/contracts/runs.ts';

const WRITTEN_BY =
  '<!-- Written by `npm run docs` from src/contracts/scenarios and src/assertions/scenarios. -->';

/** Every page under docs/scenarios/, by file name. */
export function scenarioPages(): ReadonlyMap<string, string> {
  const pages = SCENARIOS.map((scenario): [string, string] => [
    `${scenario.name}.md`,
    pageOf(scenario, GATES[scenario.name] ?? {}),
  ]);
  return new Map([['README.md', indexPage()], ...pages]);
}

function indexPage(): string {
  const rows = SCENARIOS.map(
    ({ name, title, tags, phases, variantOf }) =>
      `| [${title}](${name}.md) | \`${name}\` | ${variantOf === undefined ? '' : `\`${variantOf}\``} ` +
      `| ${tags.join(', ')} | ${phases.length} | ${gateCount(GATES[name] ?? {})} |`,
  );
  return page([
    '# Scenarios',
    '',
    'Each is one workflow. Budgets are wall seconds at any time scale.',
    '',
    '| scenario | name | variant of | tags | phases | gates |',
    '| --- | --- | --- | --- | --: | --: |',
    ...rows,
  ]);
}

function pageOf(scenario: ScenarioDefinition, gates: ScenarioGates): string {
  return page([
    `# ${scenario.title}`,
    '',
    scenario.description,
    '',
    ...factsOf(scenario),
    '',
    '| # | phase | what | budget |',
    '| --: | --- | --- | --: |',
    ...scenario.phases.map(phaseRow),
    '',
    ...scenario.phases.flatMap((phase) => gateTable(phase, gates[phase.name] ?? [])),
  ]);
}

function factsOf({ name, variantOf, tags, requires }: ScenarioDefinition): string[] {
  return [
    `- Run it: \`e2e run ${name}\``,
    ...(variantOf === undefined ? [] : [`- Variant of [${variantOf}](${variantOf}.md)`]),
    `- Tags: ${tags.join(', ')}`,
    ...(requires === undefined ? [] : [`- Needs: ${needs(requires)}`]),
  ];
}

function needs({
  timeScale,
  coldStart,
  clouds,
  freeMemoryMb,
}: NonNullable<ScenarioDefinition['requires']>): string {
  return [
    ...(timeScale?.minimum === undefined ? [] : [`time scale from ${timeScale.minimum}`]),
    ...(timeScale?.maximum === undefined ? [] : [`time scale up to ${timeScale.maximum}`]),
    ...(coldStart === undefined ? [] : [`cold start \`${coldStart}\``]),
    ...(clouds === undefined ? [] : [`clouds ${clouds.join(', ')}`]),
    ...(freeMemoryMb === undefined ? [] : [`${freeMemoryMb} MB of free memory`]),
  ].join('; ');
}

function phaseRow({ number, name, title, budgetMs, manualBudgetMs }: PhaseDefinition): string {
  const manual = manualBudgetMs === undefined ? '' : `; ${manualBudgetMs / 1000} s when a person decides`;
  return `| ${number} | \`${name}\` | ${title} | ${budgetMs / 1000} s${manual} |`;
}

/** A gate tells what it expects without evidence too. */
function gateTable({ number, name, title, budgetMs }: PhaseDefinition, gates: readonly Gate[]): string[] {
  const results = [...gates.map((gate) => gate({})), phaseBudget(name, 0, budgetMs)];
  return [
    `## ${number}. ${title}`,
    '',
    '| gate | passes when | judged from |',
    '| --- | --- | --- |',
    ...results.map(
      ({ gate, expected, unit, evidence }) =>
        `| \`${gate}\` | ${cell(expected)}${unitSuffix(expected, unit)} | ${evidence.map((each) => `\`${each}\``).join(', ') || 'the clock of the run'} |`,
    ),
    '',
  ];
}

/** Words need no unit, and a unit that is told already is not told twice. */
function unitSuffix(expected: string, unit: string): string {
  const wordless = unit === '' || unit === 'text' || unit === 'flag' || expected.includes(unit);
  return wordless || !/\d/.test(expected) ? '' : ` ${cell(unit)}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function gateCount(gates: ScenarioGates): number {
  return Object.values(gates).reduce((sum, each) => sum + each.length + 1, 0);
}

function page(lines: readonly string[]): string {
  return `${[...lines, '', WRITTEN_BY].join('\n')}\n`;
}
