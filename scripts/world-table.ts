import { ACCEPTANCE_CASES, ACCEPTANCE_REQUESTS, measure } from '../src/world/serving/acceptance/cases.ts';

/** Prints the acceptance table of the serving model: `node scripts/world-table.ts [number of seeds]`. */
const given = process.argv[2] ?? '6';
const count = Number(given);
if (!Number.isInteger(count) || count < 1) {
  process.stderr.write(`number of seeds: ${given} is no positive integer\n`);
  process.exit(2);
}
const seeds = Array.from({ length: count }, (_, index) => index + 1);

process.stdout.write(
  `Acme's traffic, 45 req/s, ${ACCEPTANCE_REQUESTS} requests, mean of ${count} seeds, no queue timeout; ms, ` +
    'in brackets the contract.\n\n| case | nodes | P50 | P95 | P99 |\n|---|---|---|---|---|\n',
);
for (const row of ACCEPTANCE_CASES) {
  const measured = measure(row, seeds);
  const cells = (['p50', 'p95', 'p99'] as const).map(
    (key) => `${measured[key].toFixed(0)} (${row.expected?.[key] ?? 'unstable'})`,
  );
  process.stdout.write(`| ${row.name} | ${row.nodes} | ${cells.join(' | ')} |\n`);
}
