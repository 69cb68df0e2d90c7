import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { decodeHistory } from '../../../src/cli/replay/history-codec.ts';
import { historyFiles } from '../../../src/cli/replay/history-files.ts';
import type { ReplayOutcome } from '../../../src/cli/replay/outcome.ts';
import { replayMany } from '../../../src/cli/replay/replay-many.ts';
import { SCENARIOS } from '../../../src/contracts/scenarios/index.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { changedCheckout, type ChangedCheckout, type SourceChange } from '../../fixtures/changed-checkout.ts';

const HISTORIES = join(process.cwd(), 'tests', 'histories');
const MOST_BYTES = 700_000;

async function replayAgainst(root: string): Promise<readonly ReplayOutcome[]> {
  const { codePath } = await loadWorkflowBundle({
    entry: join(root, 'workflows', 'index.ts'),
    cacheDir: join(process.cwd(), '.cache', 'bundles'),
  });
  const references = (await historyFiles(HISTORIES)).map((path) => ({ kind: 'file', path }) as const);
  return (await replayMany({ codePath, temporalAddress: null, references })).outcomes;
}

describe('the histories of released scenarios', () => {
  test('are of scenarios that there are, one each in a release', async () => {
    const files = await historyFiles(HISTORIES);
    expect(files.length).toBeGreaterThan(Object.keys(CHANGES).length / 2);
    const known = new Set(SCENARIOS.map(({ name }) => `${name}.pb.gz`));
    expect(files.filter((file) => !known.has(basename(file)))).toEqual([]);
  });

  test('each fits today’s code', async () => {
    const outcomes = await replayAgainst(process.cwd());
    expect(outcomes.filter(({ status }) => status !== 'fits')).toEqual([]);
    expect(outcomes.length).toBe((await historyFiles(HISTORIES)).length);
  });

  test('they stay small and hold neither secrets nor paths of a machine', async () => {
    const files = await historyFiles(HISTORIES);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((total, size) => total + size, 0) / new Set(files.map(releaseOf)).size).toBeLessThan(
      MOST_BYTES,
    );
    for (const file of files) {
      const { history } = decodeHistory(await readFile(file));
      expect(textsIn(history).flatMap((text) => text.match(SUSPECT) ?? [])).toEqual([]);
    }
  });
});

function releaseOf(file: string): string {
  return file.split('/').at(-2) ?? '';
}

/** What a secret or a path of somebody's machine looks like: keys, tokens, passwords, homes. */
const SUSPECT =
  /"(?:password|secret|token|apiKey|authorization)[^"]*"|eyJ[\w-]{10,}\.[\w-]+|Bearer \S+|-----BEGIN|AKIA[0-9A-Z]{16}|\/(?:home|root|Users|work|tmp|var)\/\S*/gi;

/** Every text in it, payloads as the text that they are. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8').replaceAll('\\', '')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A change a scenario, each of another kind; the scenarios that are not named stay as they are. */
const CHANGES: Readonly<
  Record<string, { readonly change: SourceChange; readonly expected: string; readonly actual: string }>
> = {
  // A phase left out.
  'onboarding-aws': {
    change: {
      file: 'workflows/onboarding-aws.ts',
      from: "    await tryOnboarding(run, at('refuse-bad-role'), subject, BAD);\n",
      to: '    void tryOnboarding, void BAD;\n',
    },
    expected: 'activity tryOnboarding',
    actual: 'activity onboard',
  },
  // A pause before everything.
  'baseline-establishment': {
    change: {
      file: 'workflows/baseline-establishment.ts',
      from: "    await establishBaseline(run, at, await run.customer('Acme Corp'));",
      to: "    await sleep(1_000);\n    await establishBaseline(run, at, await run.customer('Acme Corp'));",
    },
    expected: 'activity prepareCustomer',
    actual: 'a timer',
  },
  // Two phases in the other order.
  'onboarding-gcp': {
    change: {
      file: 'workflows/onboarding-gcp.ts',
      from: `    await measureCost(run, at('verify-cost'), { subject, prefix: 'onboarded' });
    await measureService(run, at('validate-service'), { subject, prefix: 'onboarded' });`,
      to: `    await measureService(run, at('validate-service'), { subject, prefix: 'onboarded' });
    await measureCost(run, at('verify-cost'), { subject, prefix: 'onboarded' });`,
    },
    expected: 'activity measureCost',
    actual: 'activity measureWindow',
  },
  // The last phase left out: the run ends early.
  rightsizing: {
    change: {
      file: 'workflows/rightsizing.ts',
      from: "    await measureLatencyForecast(run, at('validate-latency'), { subject, ...scaledIn });",
      to: '    void measureLatencyForecast, void scaledIn;',
    },
    expected: 'activity measureLatencyForecast',
    actual: 'activity collectEvidence',
  },
};
const SLEEP: SourceChange = {
  file: 'workflows/baseline-establishment.ts',
  from: 'import { phasesWith',
  to: "import { sleep } from '@temporalio/workflow';\nimport { phasesWith",
};

describe('code that another history would have come of', () => {
  let checkout: ChangedCheckout;
  let outcomes: readonly ReplayOutcome[];
  beforeAll(async () => {
    checkout = await changedCheckout([...Object.values(CHANGES).map(({ change }) => change), SLEEP]);
    outcomes = await replayAgainst(checkout.root);
  }, 120_000);
  afterAll(() => checkout[Symbol.asyncDispose]());

  test.each(Object.entries(CHANGES))(
    '%s: its first divergence is named',
    (scenario, { expected, actual }) => {
      const own = outcomes.filter((each) => each.scenario === scenario);
      expect(own).not.toEqual([]);
      for (const { status, divergence } of own) {
        expect(status).toBe('diverged');
        expect(divergence).toMatchObject({ expected, actual });
      }
    },
  );

  test('scenarios that were not changed still fit', () => {
    const others = outcomes.filter(({ scenario }) => CHANGES[scenario ?? ''] === undefined);
    expect(others).not.toEqual([]);
    expect(others.filter(({ status }) => status !== 'fits')).toEqual([]);
  });
});
