import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

import { fakeActivities } from './fake-rollout.ts';

/**
 * A worker in a process of its own, so that it can be killed. It notes in a file; the wait for ready nodes lasts until
 * another file is there.
 */
const [address = '', codePath = '', notes = '', ready = ''] = process.argv.slice(2);
const note = (line: string): void => appendFileSync(notes, `${line}\n`);

const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: 'killed',
  workflowBundle: { codePath },
  stickyQueueScheduleToStartTimeout: '1s',
  maxHeartbeatThrottleInterval: '500ms',
  activities: fakeActivities(note, {
    awaitNodesReady: async () => {
      note('waiting');
      while (!existsSync(ready)) {
        Context.current().heartbeat();
        await pause(50);
      }
      return { lostIds: [], evidence: {} };
    },
  }),
});
await worker.run();
