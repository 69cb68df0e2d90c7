import { heartbeating } from '../../../activities/context.ts';
import { goodActivities } from './fake-harness.ts';
import { createWorker } from './scenario-bench.ts';

/** A worker to be killed in the middle of `monitorExecution`, which it never ends. `node killable-worker.ts ADDRESS` */
const [, , address = ''] = process.argv;
const forEver = () =>
  heartbeating((progress) => {
    progress({ status: 'executing', steps: [{ name: 'create_spot_instances', status: 'completed' }] });
    return new Promise<never>(() => undefined);
  });
const worker = await createWorker(
  address,
  goodActivities({ lines: [], published: [] }, { monitorExecution: forEver }),
);
await worker.run();
