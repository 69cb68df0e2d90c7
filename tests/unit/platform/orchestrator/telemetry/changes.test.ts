import { describe, expect, it } from 'vitest';

import { inventoryChanges } from '../../../../../src/platform/orchestrator/telemetry/changes.ts';

const was = (id: string, changes: object = {}) => ({
  instance_id: id,
  state: 'running',
  ready: true,
  interruption_at: null,
  ...changes,
});
const is = (id: string, changes: object = {}) => ({
  instance_id: id,
  state: 'running',
  ready: true,
  interruption_at_ms: null,
  ...changes,
});

describe('the changes of an inventory', () => {
  it('are none when nothing changed', () => {
    expect(inventoryChanges([was('a')], [is('a')])).toEqual({
      any: false,
      appeared: [],
      gone: [],
      interruptions: [],
    });
  });

  it('name who came and who left', () => {
    const changes = inventoryChanges([was('a'), was('b')], [is('b', { state: 'terminated' }), is('c')]);
    expect(changes).toMatchObject({ any: true, appeared: ['c'], gone: ['a', 'b'] });
  });

  it.each([{ ready: false }, { state: 'shutting-down' }])('see %o', (change) => {
    expect(inventoryChanges([was('a')], [is('a', change)]).any).toBe(true);
  });

  it('tell a notice once, even when its time is mended', () => {
    const noticed = is('a', { interruption_at_ms: 1_000 });
    expect(inventoryChanges([was('a')], [noticed]).interruptions).toEqual([
      { instanceId: 'a', at: '1970-01-01T00:00:01.000Z' },
    ]);
    expect(inventoryChanges([was('a', { interruption_at: new Date(500) })], [noticed]).interruptions).toEqual(
      [],
    );
    expect(inventoryChanges([], [noticed]).interruptions).toHaveLength(1);
  });
});
