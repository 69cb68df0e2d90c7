import { z } from 'zod';

import { LIFECYCLES } from '../../contracts/api/common.ts';

const text = z.string();
const kind = <const K extends string>(name: K): { kind: z.ZodLiteral<K> } => ({ kind: z.literal(name) });

/** What a drill did to the world. */
export const worldActionSchema = z
  .discriminatedUnion('kind', [
    z.object({ ...kind('slow-nodes'), lifecycle: z.enum(LIFECYCLES), factor: z.number() }),
    z.object({
      ...kind('slow-quantization'),
      quantization: z.enum(['bf16', 'fp8', 'int8', 'w4a16']),
      factor: z.number(),
    }),
    z.object({ ...kind('quality-drop'), lifecycle: z.enum(LIFECYCLES), drop: z.number() }),
    z.object({ ...kind('bad-revision'), revision: text, drop: z.number() }),
    z.object({ ...kind('bad-template'), chatTemplate: text, drop: z.number() }),
    z.object({ ...kind('spot-price-move'), factor: z.number() }),
    z.object({ ...kind('no-spot-capacity'), zones: z.array(text) }),
    z.object({
      ...kind('termination-protection'),
      nodes: z.number(),
      instanceIds: z.array(text).exactOptional(),
    }),
    z.object(kind('stop-traffic')),
    z.object(kind('clear-faults')),
    z.object({ ...kind('reclaim'), nodes: z.number() }),
    z.object({
      ...kind('deploy'),
      deployment: text,
      revision: text.exactOptional(),
      chatTemplate: text.exactOptional(),
    }),
    z.object({ ...kind('set-traffic'), deployment: text, requestsPerSecond: z.number() }),
  ])
  .meta({ id: 'WorldAction' });
