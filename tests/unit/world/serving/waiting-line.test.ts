import { expect, it } from 'vitest';

import { jobOf } from '../../../../src/world/serving/request.ts';
import { WaitingLine } from '../../../../src/world/serving/waiting-line.ts';
import { request } from './support.ts';

it('keeps the order over its own tidying', () => {
  const line = new WaitingLine();
  const served: string[] = [];
  for (let index = 0; index < 5_000; index += 1) {
    line.push(jobOf(request(String(index), index)));
    if (index % 5 === 0) continue;
    served.push(line.peek()?.request.requestId ?? '');
    line.dropHead();
  }
  expect(line.length).toBe(1_000);
  const rest = line.takeAll().map((job) => job.request.requestId);
  expect([...served, ...rest]).toEqual(Array.from({ length: 5_000 }, (_, index) => String(index)));
  expect([line.length, line.peek()]).toEqual([0, undefined]);
});
