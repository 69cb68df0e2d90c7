import { Command } from 'commander';

import { OptiInfraError } from '../../src/support/errors.ts';
import { nearestName } from '../../src/cli/nearest-name.ts';

export const SECTIONS = [
  'environment',
  'main-job',
  'harness',
  'harness-load',
  'in-flight',
  'replay',
  'api',
  'ingestion',
  'world',
] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface BenchOptions {
  readonly only: readonly SectionName[];
  readonly quick: boolean;
}

/** @throws OptiInfraError `USAGE` naming the section that does not exist. */
export function readOptions(words: readonly string[]): BenchOptions {
  const program = new Command('npm run bench --')
    .description(
      'Measures speed and size, prints the tables and keeps them in docs/performance.md and .e2e/bench/.',
    )
    .option('--only <sections>', `sections with commas between: ${SECTIONS.join(', ')}`)
    .option('--quick', 'few repetitions, to see that it works; writes no page')
    .parse([...words], { from: 'user' });
  const { only, quick } = program.opts<{ only?: string; quick?: boolean }>();
  return { only: only === undefined ? SECTIONS : sectionsIn(only), quick: quick === true };
}

function sectionsIn(text: string): SectionName[] {
  const asked = text.split(',').map((name) => name.trim());
  for (const name of asked) {
    if (SECTIONS.some((section) => section === name)) continue;
    const near = nearestName(name, SECTIONS);
    throw new OptiInfraError('USAGE', `--only: there is no section "${name}"`, {
      hint: near === undefined ? `There are: ${SECTIONS.join(', ')}.` : `Did you mean \`${near}\`?`,
    });
  }
  return SECTIONS.filter((section) => asked.includes(section));
}
