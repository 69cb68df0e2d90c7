import { expect, test } from 'vitest';

import { sameInstances } from '../../../activities/discovered-inventory.ts';
import type { InstanceView } from '../../../src/contracts/api/customers.ts';

const known = (...of: [string, InstanceView['state']][]) => ({
  instances: of.map(([instance_id, state]) => ({ instance_id, state }) as InstanceView),
});
const clouds = (...of: [string, string][]) => of.map(([instanceId, state]) => ({ instanceId, state }));

test('platform and clouds agree when they name the same live instances, in any order', () => {
  const platform = known(['i-2', 'running'], ['i-1', 'running'], ['i-3', 'terminated']);
  expect(
    sameInstances({
      platform,
      clouds: clouds(['i-1', 'running'], ['i-2', 'running'], ['i-4', 'terminated']),
    }),
  ).toBe(true);
});

test.each([
  ['still counts one that the cloud has ended', known(['i-1', 'running'], ['i-2', 'running'])],
  ['has not heard of one', known()],
])('a platform that %s does not agree yet', (_, platform) => {
  expect(sameInstances({ platform, clouds: clouds(['i-1', 'running'], ['i-2', 'terminated']) })).toBe(false);
});
