import { z } from 'zod';

import type { EngineConfiguration } from '../../../contracts/api/customers.ts';

export const engineConfiguration = z.object({
  tensor_parallel_size: z.int().positive(),
  kv_allocation: z.enum(['static', 'paged']),
  prefix_caching: z.boolean(),
  scheduler: z.enum(['prefill_first', 'chunked']),
  quantization: z.enum(['bf16', 'fp8', 'int8', 'w4a16']),
  max_model_len: z.int().positive(),
  revision: z.string().min(1),
  chat_template: z.string().min(1),
}) satisfies z.ZodType<EngineConfiguration>;
