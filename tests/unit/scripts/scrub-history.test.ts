import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { expect, it } from 'vitest';

import { scrubHistory } from '../../../scripts/support/scrub-history.ts';

const { History } = proto.temporal.api.history.v1;
const { EventType } = proto.temporal.api.enums.v1;

const text = (value: string) => Buffer.from(JSON.stringify(value));
const history = History.fromObject({
  events: [
    {
      eventId: 7,
      eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
      activityTaskStartedEventAttributes: {
        identity: '23521@somebodys-laptop',
        lastFailure: {
          message: 'refused',
          stackTrace: 'at /somewhere/of/somebody/activities/context.ts:80',
          cause: { message: 'deeper', stackTrace: 'at /somewhere/of/somebody/src/http.ts:1' },
        },
      },
    },
    {
      eventId: 8,
      eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
      activityTaskCompletedEventAttributes: {
        result: { payloads: [{ data: text('/somewhere/of/somebody/.e2e/runs/1') }] },
      },
    },
  ],
});

it('takes out what tells of the machine, at any depth, and keeps the rest', () => {
  const scrubbed = scrubHistory(history, '/somewhere/of/somebody');
  const [started, completed] = scrubbed.events ?? [];
  const whole = `${historyToJSON(scrubbed)}${JSON.stringify(History.toObject(History.fromObject(scrubbed)))}`;
  expect(whole).not.toMatch(/somebod/);
  expect(Number(started?.eventId)).toBe(7);
  expect(started?.activityTaskStartedEventAttributes?.lastFailure).toMatchObject({
    message: 'refused',
    stackTrace: '',
    cause: { message: 'deeper', stackTrace: '' },
  });
  const data = completed?.activityTaskCompletedEventAttributes?.result?.payloads?.[0]?.data;
  expect(Buffer.from(data ?? '').toString()).toBe('"/checkout/.e2e/runs/1"');
});
