import { createHash } from 'node:crypto';

import { parse, type HTMLElement } from 'node-html-parser';
import { describe, expect, it } from 'vitest';

import type { RunEvidenceFile, RunState } from '../../../../src/contracts/runs.ts';
import { htmlReport } from '../../../../src/reporting/html/report.ts';
import { UNKNOWN_SURROUNDINGS } from '../../../../src/reporting/surroundings.ts';
import { emptyEvidence, passedEvidence, rolledBackEvidence } from '../../../fixtures/run-evidence.ts';
import {
  cancelledRun,
  evidence,
  gate,
  inconclusiveRun,
  infraErrorRun,
  passedRun,
  rolledBackRun,
  runningRun,
  scenarioInput,
} from '../../../fixtures/runs.ts';
import { xmlFaults } from '../../../fixtures/xml.ts';

type Shown = RunEvidenceFile | { readonly missing: string };
const NOTHING: Shown = { missing: 'No curves: the run ended before any were gathered.' };
const surroundings = { temporalUi: 'http://127.0.0.1:8233/', timeScale: 60 };

const pageOf = (
  run: RunState,
  shown: Shown = NOTHING,
  around = surroundings as typeof UNKNOWN_SURROUNDINGS,
): string => htmlReport({ run, evidence: shown, surroundings: around });
const read = (...input: Parameters<typeof pageOf>): HTMLElement => parse(pageOf(...input));
const textOf = (element: HTMLElement | null): string => (element?.text ?? '').replaceAll(/\s+/g, ' ').trim();

const SAMPLES: readonly (readonly [string, RunState, Shown])[] = [
  ['passed', passedRun(), passedEvidence()],
  ['failed', rolledBackRun(), rolledBackEvidence()],
  ['inconclusive', inconclusiveRun(), emptyEvidence()],
  ['infra-error', infraErrorRun(), NOTHING],
  ['cancelled', cancelledRun(), emptyEvidence()],
  ['still running', runningRun(4), NOTHING],
];

describe.each(SAMPLES)('the page of a run that is %s', (_, run, shown) => {
  const page = pageOf(run, shown);

  it('is well-formed', () => {
    expect(xmlFaults(page)).toEqual([]);
  });

  it('loads nothing and runs nothing', () => {
    const root = parse(page);
    expect(
      root.querySelectorAll('script, link, img, iframe, object, embed, base, form, [src], [style]'),
    ).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#hatch)|javascript:|\son\w+=/);
    const addresses = [...page.matchAll(/https?:\/\/[^\s"'<]+/g)].map(([address]) => address);
    expect(
      addresses.filter((address) => !address.startsWith('http://127.0.0.1:8233/namespaces/e2e/')),
    ).toEqual([]);
  });

  it('permits no more than its own style', () => {
    const root = parse(page);
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = root.querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
  });

  it('has one first heading, one id each, and targets for all its links', () => {
    const root = parse(page);
    expect(root.querySelectorAll('h1')).toHaveLength(1);
    const ids = root.querySelectorAll('[id]').map(({ id }) => id);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
    const targets = root.querySelectorAll('a[href^="#"]').map((link) => link.getAttribute('href')?.slice(1));
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !ids.includes(target ?? ''))).toEqual([]);
  });

  it('heads every column and names every region, picture and table that scrolls', () => {
    const root = parse(page);
    for (const table of root.querySelectorAll('table')) {
      expect(table.querySelectorAll('thead th').every((head) => head.getAttribute('scope') === 'col')).toBe(
        true,
      );
    }
    for (const part of root.querySelectorAll('[role=region], svg[role=img]')) {
      expect(part.getAttribute('aria-label')).not.toBe('');
    }
    expect(root.querySelectorAll('.scroll').every((part) => part.getAttribute('tabindex') === '0')).toBe(
      true,
    );
    const pictures = root.querySelectorAll('svg');
    expect(
      pictures.every((svg) => svg.getAttribute('role') === 'img' || svg.getAttribute('aria-hidden')),
    ).toBe(true);
  });

  it('says verdicts in words, not by colour alone', () => {
    const badges = parse(page).querySelectorAll('.badge');
    expect(badges.length).toBeGreaterThan(9);
    expect(badges.every((badge) => /[a-z]{4}/.test(badge.text))).toBe(true);
  });
});

describe('the header', () => {
  it('tells how to run the same again and where it is in Temporal', () => {
    const header = read(passedRun(), passedEvidence()).querySelector('header')!;
    for (const fact of [
      'spot-migration',
      '7',
      'reference',
      'calm',
      '3fd113f',
      '41.1 s',
      '60 world s in a wall s',
    ]) {
      expect(textOf(header)).toContain(fact);
    }
    expect(header.querySelector('a')?.getAttribute('href')).toBe(
      'http://127.0.0.1:8233/namespaces/e2e/workflows/e2e-20261122-140133-o45r/01a2038f-f4b3-7c44-bd6e-c73e17997d03/history',
    );
  });

  it('says what is not known and makes no link of it', () => {
    const header = read(passedRun(), NOTHING, UNKNOWN_SURROUNDINGS).querySelector('header')!;
    expect(textOf(header)).toContain('time scalenot recorded');
    expect(header.querySelector('a')).toBeNull();
    const hostile = { temporalUi: 'javascript:alert(1)//', timeScale: null };
    expect(read(passedRun(), NOTHING, hostile).querySelector('header a')).toBeNull();
  });
});

describe('texts of others', () => {
  const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;\u0000`;

  it('are shown as they are, wherever they stand', () => {
    const [first, ...rest] = passedRun().phases;
    const red = gate({
      gate: hostile,
      verdict: 'failed',
      expected: hostile,
      observed: hostile,
      unit: hostile,
      source: hostile,
      reason: hostile,
      evidence: [hostile],
    });
    const phase = {
      ...first!,
      verdict: 'failed' as const,
      notes: [hostile],
      error: hostile,
      gates: [red],
      evidence: [evidence({ name: hostile, value: hostile, unit: hostile, source: hostile })],
    };
    const run: RunState = {
      ...passedRun({
        title: hostile,
        scenario: hostile,
        customerId: hostile,
        verdict: 'failed',
        errors: [hostile],
      }),
      phases: [phase, ...rest],
      input: scenarioInput({
        gitRevision: hostile,
        faults: [{ phase: hostile, fault: { kind: 'spot-price-move', factor: 2 } }],
      }),
    };
    const sound = passedEvidence();
    const shown: RunEvidenceFile = {
      series: [
        ...sound.series,
        { ...sound.series[0]!, name: `Traffic share ${hostile}` },
        { ...sound.series[0]!, name: hostile, unit: hostile },
      ],
      steps: [{ ...sound.steps[0]!, name: hostile }],
      events: [{ sequence: 1, at: '2026-11-22T14:01:36.862Z', type: hostile, summary: hostile }],
    };
    const page = pageOf(run, shown);
    expect(xmlFaults(page)).toEqual([]);
    expect(parse(page).querySelectorAll('script, img, [onerror]')).toEqual([]);
    expect(page.match(/&lt;script&gt;alert\(&#39;x&#39;\)/g)?.length).toBeGreaterThan(20);
  });
});

describe('red gates', () => {
  const root = read(rolledBackRun(), rolledBackEvidence());

  it('stand before everything else, failed ones first, with expected, observed and reason', () => {
    const items = root.querySelectorAll('#attention li').map(textOf);
    expect(items).toEqual([
      '✗ failed optimization-successful in phase 6, Monitoring execution rolled_back is not completed: expected completed, observed rolled_back',
      '? inconclusive traffic-at-50-percent in phase 6, Monitoring execution no evidence for traffic.new-nodes-share.at-50: expected 0.5 ± 0.03, observed nothing',
    ]);
  });

  it('stand open in their phase, above the green ones', () => {
    const open = root.querySelectorAll('details.phase[open]');
    expect(open.map(({ id }) => id)).toEqual(['phase-6']);
    const names = open[0]!.querySelectorAll('tbody th').map(textOf);
    expect(names).toEqual(['optimization-successful', 'traffic-at-50-percent', 'audit-chain-valid']);
    expect(open[0]!.querySelectorAll('tbody tr')[0]!.querySelectorAll('td').map(textOf)).toEqual([
      '✗ failed',
      'completed',
      'rolled_back',
      '–',
      'GET /optimizations/{id} judged from optimization.status',
      'rolled_back is not completed',
    ]);
  });

  it('are a drill when a fault was switched on', () => {
    expect(textOf(root.querySelector('.drill'))).toContain(
      'slow-nodes before monitor-execution: lifecycle spot, factor 1.6',
    );
    expect(textOf(root.querySelector('.timeline tr.failed'))).toContain('⚡ fault');
    expect(read(passedRun()).querySelector('.drill')).toBeNull();
  });

  it('are missing from a green page', () => {
    expect(read(passedRun()).querySelector('#attention')).toBeNull();
  });

  it('are joined by errors, in phases and outside of them', () => {
    expect(textOf(read(infraErrorRun()).querySelector('#attention'))).toContain(
      'API_CALL_FAILED: POST /auth/signup',
    );
    const unclean = passedRun({ verdict: 'infra-error', cleanup: 'failed', errors: ['EC2 is gone'] });
    const said = textOf(read(unclean).querySelector('#attention'));
    expect(said).toContain('EC2 is gone');
    expect(said).toContain('Clean-up failed');
  });
});

describe('the time line', () => {
  const rows = (run: RunState): string[] => read(run).querySelectorAll('.timeline tbody tr').map(textOf);

  it('has a row a phase, with its share of the budget, and names the slowest', () => {
    const all = rows(passedRun());
    expect(all).toHaveLength(11);
    expect(all[0]).toBe('preparing the customer2.6 s');
    expect(all[6]).toBe('6Monitoring execution slowest21.8 s 4 % of 600 s✓ passed');
    expect(all.filter((row) => row.includes('slowest'))).toHaveLength(1);
    expect(all[10]).toBe('evidence and clean-up0.9 s');
  });

  it('says when a phase was over its budget', () => {
    const [first, ...rest] = passedRun().phases;
    const late = { ...first!, durationMs: 66_000 };
    expect(rows({ ...passedRun(), phases: [late, ...rest] })[1]).toContain('over: 110 % of 60 s');
  });

  it('takes the budget of a person when one decides', () => {
    const phases = passedRun().phases.map((phase) => ({ ...phase, manualBudgetMs: 3_600_000 }));
    const run = { ...passedRun(), phases };
    expect(rows({ ...run, input: scenarioInput({ approve: 'manual' }) })[5]).toContain('of 3600 s');
    expect(rows(run)[5]).toContain('of 30 s');
  });

  it('gives broken preparation its time, not the clean-up', () => {
    const all = rows(infraErrorRun());
    expect(all[0]).toBe('preparing the customer8.1 s');
    expect(all[10]).toBe('evidence and clean-up0.9 s');
  });

  it('draws no bar for a phase that was not reached', () => {
    const last = read(rolledBackRun()).querySelectorAll('.timeline tbody tr')[9]!;
    expect(last.querySelectorAll('svg.track')).toEqual([]);
    expect(textOf(last)).toContain('not reached');
  });
});

describe('curves', () => {
  const figures = (shown: Shown, run = passedRun()): HTMLElement[] =>
    read(run, shown).querySelectorAll('#curves figure');
  const titled = (title: string, shown: Shown): HTMLElement => {
    const found = figures(shown).find((figure) => textOf(figure.querySelector('h3')) === title);
    if (found === undefined) throw new Error(`no figure ${title}`);
    return found;
  };

  it('are drawn for wide pages and for phones, with a band for each step', () => {
    const all = figures(passedEvidence());
    expect(all.map((figure) => textOf(figure.querySelector('h3')))).toEqual([
      'Latency',
      'Monthly cost',
      'Quality',
      'Error rate',
      'Traffic share of each node',
    ]);
    for (const figure of all) {
      expect(figure.querySelectorAll('svg.chart.wide .band')).toHaveLength(7);
      expect(figure.querySelectorAll('svg.chart.narrow .band')).toHaveLength(7);
    }
    expect(textOf(titled('Latency', passedEvidence()).querySelector('.band'))).toContain(
      'create_spot_instances',
    );
  });

  it('tell their values where the pointer is, with the sample size, in world time', () => {
    const hover = titled('Latency', passedEvidence()).querySelector('.hover title');
    expect(hover?.text).toMatch(/^16:40:00 world time\nLatency P50: [\d.]+ ms \(890 samples\)\nLatency P95/);
  });

  it('say when there are no samples and draw nothing then', () => {
    const [cost, ...others] = passedEvidence().series.toSorted((a) => (a.name === 'Monthly cost' ? -1 : 1));
    const shown = {
      ...emptyEvidence(),
      series: [cost!, ...others.map((series) => ({ ...series, points: [] }))],
    };
    const latency = titled('Latency', shown);
    expect(latency.querySelectorAll('svg.chart')).toEqual([]);
    expect(textOf(latency)).toContain('No samples were recorded');
    expect(textOf(titled('Traffic share of each node', shown))).toContain('No samples were recorded');
    expect(titled('Monthly cost', shown).querySelectorAll('svg.chart')).toHaveLength(2);
  });

  it('say which one of several curves has no samples', () => {
    const { series, ...rest } = passedEvidence();
    const thin = series.map((each) => (each.name === 'Latency P99' ? { ...each, points: [] } : each));
    expect(textOf(titled('Latency', { ...rest, series: thin }))).toContain('Latency P99no samples');
  });

  it('say why there are none at all', () => {
    expect(textOf(read(passedRun(), NOTHING).querySelector('#curves'))).toContain(
      'the run ended before any were gathered',
    );
    expect(textOf(read(passedRun(), emptyEvidence()).querySelector('#curves'))).toContain(
      'No curve has a sample',
    );
  });

  it('are interrupted where samples are missing, never drawn as zero', () => {
    const { series, ...rest } = passedEvidence();
    const holed = series.map((each) => ({ ...each, points: each.points.filter((_, i) => i < 30 || i > 60) }));
    const paths = titled('Quality', { ...rest, series: holed }).querySelectorAll('svg.wide path.line');
    expect(paths).toHaveLength(2);
    const areas = titled('Traffic share of each node', { ...rest, series: holed }).querySelectorAll(
      'svg.wide .area.on-demand-0',
    );
    expect(areas).toHaveLength(2);
  });

  it('show a single sample as a dot', () => {
    const { series, ...rest } = passedEvidence();
    const single = series.map((each) => ({ ...each, points: each.points.slice(0, 1) }));
    expect(titled('Quality', { ...rest, series: single }).querySelectorAll('svg.wide circle')).toHaveLength(
      1,
    );
  });

  it('lose none: an unknown curve has a figure of its own', () => {
    const shown = passedEvidence();
    const queue = { ...shown.series[0]!, name: 'Queue length', unit: 'requests' };
    expect(
      titled('Queue length', { ...shown, series: [...shown.series, queue] }).querySelectorAll('path.line'),
    ).toHaveLength(2);
  });

  it('tell spot nodes from on-demand nodes without colour', () => {
    const traffic = titled('Traffic share of each node', passedEvidence());
    expect(traffic.querySelectorAll('svg.wide path[fill="url(#hatch-wide)"]')).toHaveLength(3);
    expect(
      traffic
        .querySelectorAll('tbody th')
        .map(textOf)
        .filter((name) => name.includes('(spot)')),
    ).toHaveLength(3);
  });
});

describe('events and evidence', () => {
  it('lists events in order and points out a gap', () => {
    const sound = passedEvidence();
    const events = sound.events.filter(({ sequence }) => sequence !== 3).toReversed();
    const rows = read(passedRun(), { ...sound, events })
      .querySelectorAll('#events tbody tr')
      .map(textOf);
    expect(rows[0]).toContain('customer.onboarded');
    expect(rows[2]).toBe('✗ number 3 is missing');
    expect(read(passedRun(), sound).querySelectorAll('#events tbody tr')).toHaveLength(sound.events.length);
  });

  it('says when there are no events, and why none can be shown', () => {
    expect(textOf(read(passedRun(), emptyEvidence()).querySelector('#events'))).toContain('stored no event');
    expect(textOf(read(passedRun(), NOTHING).querySelector('#events'))).toContain('before any were gathered');
  });

  it('lists every observation with source and sample size, and what was not observed', () => {
    const table = textOf(read(inconclusiveRun()).querySelector('#evidence'));
    expect(table).toContain('2 observations');
    expect(table).toContain(
      'cost.monthly.platform120,012 USD/month–GET /customers/{id}/infrastructure14:01:35',
    );
    expect(table).toContain('baseline.qualitynot observed0');
    expect(textOf(read(infraErrorRun()).querySelector('#evidence'))).toContain('Nothing was observed');
  });
});

describe('the headline', () => {
  const cards = (run: RunState): string[] => read(run).querySelectorAll('.cards li').map(textOf);

  it('tells cost, forecast, latency, quality and gates of a whole run', () => {
    expect(cards(passedRun())).toEqual([
      'Monthly cost −47.2 % $120,012 → $63,410',
      'Saving against forecast +2.06 % $55,460 → $56,602 a month',
      'Latency P95 1,588 ms 1,604 ms before',
      'Quality 0.931 0.9363 before',
      'Gates passed 20 of 20 9 of 9 phases reached',
    ]);
  });

  it('guesses nothing that was not observed', () => {
    expect(cards(infraErrorRun())).toEqual(['Gates passed 0 of 0 1 of 9 phases reached']);
    expect(cards(inconclusiveRun())[0]).toBe('Monthly cost $120,012 before; no figure after');
  });
});
