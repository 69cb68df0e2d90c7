import type {
  GpuSample,
  IterationSample,
  RequestRecord,
  TelemetryBatch,
} from '../../contracts/api/agent-runtime.ts';
import type { TelemetryDelivery } from './host.ts';

export interface TelemetryBuffer {
  /** Request records waiting. */
  readonly size: number;
  /** Request records that did not fit since the start. */
  readonly dropped: number;
  /** Takes what fits; answers how many request records did not. */
  push(delivery: Omit<TelemetryDelivery, 'deployment'>): number;
  /** The oldest waiting records as one batch, or undefined when nothing waits. */
  take(maximumRequests: number): Omit<TelemetryBatch, 'batch_id' | 'deployment'> | undefined;
}

/**
 * First in, first out, bounded by the number of request records. When the bound is hit the newest are dropped,
 * so that what is shipped later has one gap at its end instead of holes, and the count says how many are missing.
 */
export function createTelemetryBuffer(bound: number): TelemetryBuffer {
  const requests = createQueue<RequestRecord>();
  const iterations = createQueue<IterationSample>();
  const gpu = createQueue<GpuSample>();
  let dropped = 0;
  return {
    get size() {
      return requests.size();
    },
    get dropped() {
      return dropped;
    },
    push: (delivery) => {
      const lost = requests.push(delivery.requests, bound);
      iterations.push(delivery.iterations, bound);
      gpu.push(delivery.gpu, bound);
      dropped += lost;
      return lost;
    },
    take: (maximumRequests) => {
      if (requests.size() + iterations.size() + gpu.size() === 0) return undefined;
      return {
        requests: requests.take(maximumRequests),
        iterations: iterations.take(maximumRequests),
        gpu: gpu.take(maximumRequests),
      };
    },
  };
}

function createQueue<T>() {
  let items: T[] = [];
  let head = 0;
  const size = (): number => items.length - head;
  return {
    size,
    /** Answers how many did not fit. */
    push: (more: readonly T[], bound: number): number => {
      const room = Math.max(0, bound - size());
      const taken = Math.min(room, more.length);
      for (let index = 0; index < taken; index += 1) items.push(more[index] as T);
      return more.length - taken;
    },
    take: (maximum: number): T[] => {
      const taken = items.slice(head, head + maximum);
      head += taken.length;
      // Compact seldom: a shift for each batch would copy a long backlog again and again.
      if (head > items.length / 2) {
        items = items.slice(head);
        head = 0;
      }
      return taken;
    },
  };
}
