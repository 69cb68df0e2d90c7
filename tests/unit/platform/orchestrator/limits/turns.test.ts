import { describe, expect, it } from 'vitest';

import { createTurns } from '../../../../../src/platform/orchestrator/limits/turns.ts';

describe('turns', () => {
  it('runs work under one key one after another and keeps the order', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all(['a', 'b', 'c'].map((name) => turns.take('key', work(name))));
    expect(results).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('does not let a failure stop the next, nor one key hold up another', async () => {
    const turns = createTurns();
    const held = Promise.withResolvers<string>();
    const first = turns.take('one', () => held.promise);
    expect(await turns.take('two', async () => 'not held up')).toBe('not held up');
    const second = turns.take('one', async () => 'goes on');
    held.reject(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    expect(await second).toBe('goes on');
  });
});
