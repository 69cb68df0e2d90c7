import { describe, expect, it } from 'vitest';

import { command } from '../capture.ts';

const NOWHERE = ['--name', 'never-started'];

describe('e2e schedule', () => {
  it.each([
    [['create', 'nightly', '--tag', 'e2e', '--every', '1h', '--cron', '0 2 * * *'], 'exclude each other'],
    [['create', 'nightly', '--tag', 'e2e', '--every', '1h', '--time-zone', 'UTC'], 'goes with --cron'],
    [['create', 'nightly', '--tag', 'e2e', '--every', 'often'], '"often" is not a duration'],
    [['create', 'nightly', '--tag', 'e2e', '--every', '0s'], '"0s" is not a duration from 1 s to 365 d'],
    [['create', 'nightly', '--tag', 'e2e', '--catchup-window', '1s'], 'from 10 s'],
    [['create', 'nightly', '--tag', 'e2e', '--time-zone', 'Europe/Berln'], 'Did you mean `Europe/Berlin`?'],
    [['create', 'nightly', '--tag', 'e2e', '--overlap', 'skipp'], 'Did you mean `skip`?'],
    [['create', 'Nightly run', '--tag', 'e2e'], '"Nightly run" is no name for a schedule'],
    [['create', 'nightly', 'spot-migraton'], 'Did you mean `spot-migration`?'],
    [['create', 'nightly', '--tag', 'e2'], 'Did you mean `e2e`?'],
    [['backfill', 'nightly', '--from', 'yesterday', '--to', '2026-11-28'], '--from: "yesterday" is no time'],
    [['backfill', 'nightly', '--to', '2026-11-28'], "required option '--from <time>' not specified"],
    [['pauze', 'nightly'], 'Did you mean `pause`?'],
    [['show'], "missing required argument 'schedule'"],
  ])('refuses %j with the mend', async (words, said) => {
    const { code, errors } = await command('schedule', ...words);
    expect(errors).toContain(said);
    expect(code).toBe(2);
  });

  it.each([
    [['create', 'nightly', '--tag', 'e2e']],
    [['list']],
    [['show', 'nightly']],
    [['pause', 'nightly']],
    [['resume', 'nightly']],
    [['trigger', 'nightly']],
    [['delete', 'nightly']],
    [['backfill', 'nightly', '--from', '2026-11-27', '--to', '2026-11-28']],
  ])('%j says which environment is not up', async (words) => {
    const { code, errors } = await command('schedule', ...words, ...NOWHERE);
    expect(errors).toContain('no environment "never-started" is up');
    expect(code).toBe(3);
  });
});
