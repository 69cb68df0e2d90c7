import { gzipSync } from 'node:zlib';

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { describe, expect, it } from 'vitest';

import { decodeHistory, encodeHistory } from '../../../../src/cli/replay/history-codec.ts';
import { activityScheduled, historyOf, started } from './histories.ts';

const history = historyOf(started('spotMigration', 'e2e-1'), activityScheduled('act'));
const { History } = proto.temporal.api.history.v1;

describe('a history in a file', () => {
  it.each([
    ['protobuf, gzipped, as we write it', encodeHistory(history)],
    ['protobuf', Buffer.from(History.encode(history).finish())],
    ['JSON, as Temporal writes it', Buffer.from(historyToJSON(history))],
    ['JSON, gzipped', gzipSync(historyToJSON(history))],
  ])('is read from %s', (_, bytes) => {
    const read = decodeHistory(bytes);
    expect(read).toMatchObject({ workflowId: 'e2e-1', workflowType: 'spotMigration' });
    expect(read.history.events).toHaveLength(2);
    expect(Number(read.history.events?.[1]?.eventId)).toBe(2);
  });

  it.each([
    ['nothing', Buffer.from(''), 'does not begin with the start of a workflow'],
    ['prose', Buffer.from('not a history'), 'neither JSON nor protobuf'],
    ['JSON of something else', Buffer.from('{"name": "x"}'), 'not a history of Temporal'],
    ['JSON that ends early', Buffer.from('{"events": [{'), 'not a history of Temporal'],
    ['a gzip that ends early', encodeHistory(history).subarray(0, 40), 'its gzip ends early'],
    ['protobuf that ends early', Buffer.from(History.encode(history).finish()).subarray(0, 30), 'neither'],
    [
      'a history without its beginning',
      encodeHistory(historyOf(activityScheduled('act'))),
      'does not begin with the start',
    ],
  ])('is refused when it is %s', (_, bytes, why) => {
    expect(() => decodeHistory(bytes)).toThrow(why);
  });
});
