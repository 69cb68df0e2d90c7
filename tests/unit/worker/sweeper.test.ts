import { describe, expect, it } from 'vitest';

import type { ActivityDependencies } from '../../../activities/context.ts';
import { sweepOnce } from '../../../worker/sweeper.ts';

/** Two runs with a site each; what is swept is noted. */
function dependencies(): { swept: string[]; dependencies: ActivityDependencies } {
  const swept: string[] = [];
  const sites = ['dead', 'alive', 'foreign'].map((runId) => ({ runId, site: { siteId: `site_${runId}` } }));
  const left = () => sites.filter(({ site }) => !swept.includes(site.siteId));
  return {
    swept,
    dependencies: {
      world: {
        sites: async () => left(),
        sitesOf: async (runId: string) => left().filter((each) => each.runId === runId),
        removeSite: async (siteId: string) => void swept.push(siteId),
      },
      database: { rows: async () => [] },
      harness: { logger: { warn: () => undefined } },
    } as unknown as ActivityDependencies,
  };
}

describe('the sweeper', () => {
  it('removes what a dead run left and nothing else', async () => {
    const bench = dependencies();
    const isOver = async (runId: string): Promise<boolean> => runId === 'dead';
    expect(await sweepOnce(bench.dependencies, isOver)).toEqual(['site_dead']);
    expect(bench.swept).toEqual(['site_dead']);
    expect(await sweepOnce(bench.dependencies, isOver)).toEqual([]);
  });

  it('stops at a Temporal that does not answer instead of sweeping a living run', async () => {
    const bench = dependencies();
    const away = (): Promise<boolean> => Promise.reject(new Error('no Temporal'));
    await expect(sweepOnce(bench.dependencies, away)).rejects.toThrow('no Temporal');
    expect(bench.swept).toEqual([]);
  });
});
