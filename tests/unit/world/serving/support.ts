import { ACME_ENGINE } from '../../../../src/world/serving/acceptance/cases.ts';
import { hardwareFor } from '../../../../src/world/serving/hardware.ts';
import {
  createServingNode,
  type ServingNode,
  type ServingNodeOptions,
  type ServingRequest,
} from '../../../../src/world/serving/node.ts';
import { randomStream } from '../../../../src/support/random.ts';

export const MODEL = 'meta-llama/Llama-3-70B';
export const P4D = hardwareFor('p4d.24xlarge', MODEL);
export const PAGED = { ...ACME_ENGINE, kv_allocation: 'paged' } as const;
export const CHUNKED = { ...PAGED, scheduler: 'chunked' } as const;

export function nodeWith(options: Partial<ServingNodeOptions> = {}): ServingNode {
  return createServingNode({
    instanceId: 'i-1',
    hardware: P4D,
    configuration: ACME_ENGINE,
    noise: randomStream(1, 'measurement'),
    ...options,
  });
}

export function request(
  requestId: string,
  arrivedAtMs: number,
  overrides: Partial<ServingRequest> = {},
): ServingRequest {
  return { requestId, arrivedAtMs, inputTokens: 340, outputTokens: 12, sharedPrefixShare: 0.5, ...overrides };
}

/** The formula of the world spec §4, written out once more. */
export function expectedIterationMs(prefillTokens: number, decoding: number): number {
  return 11 + Math.hypot(18.7, 0.11 * prefillTokens) + 0.05 * decoding;
}
