import { describe, expect, it } from 'vitest';

import type { EnvironmentDescriptor } from '../../../src/contracts/environment.ts';
import { hasDesktop } from '../../../src/cli/runs/open-in-browser.ts';
import { addressOf } from '../../../src/cli/runs/ui-address.ts';
import { command } from './capture.ts';

const descriptor = {
  name: 'lab',
  processIds: { temporal: 17 },
  urls: { temporalUi: 'http://127.0.0.1:8233', portal: 'http://127.0.0.1:3001' },
} as unknown as EnvironmentDescriptor;

describe('e2e ui', () => {
  it("gives the address of Temporal's pages and of the portal", async () => {
    expect(await addressOf(descriptor, 'temporal')).toBe('http://127.0.0.1:8233/namespaces/e2e/workflows');
    const whole = { ...descriptor, processIds: { temporal: 17, portal: 18 } };
    expect(await addressOf(whole, 'portal')).toBe('http://127.0.0.1:3001');
  });

  it('refuses what was not started, with the mend', async () => {
    await expect(addressOf(descriptor, 'portal')).rejects.toMatchObject({
      code: 'ENVIRONMENT_MISMATCH',
      message: 'environment "lab" was started without portal',
    });
  });

  it('says which environment is not up', async () => {
    const { code, errors } = await command('ui', '--name', 'never-started');
    expect(code).toBe(3);
    expect(errors).toContain('no environment "never-started" is up');
  });

  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
  ] as const)('on %s with %j there is a desktop: %s', (platform, variables, expected) => {
    expect(hasDesktop(platform, variables)).toBe(expected);
  });
});
