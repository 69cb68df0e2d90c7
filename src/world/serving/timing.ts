import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { kvTokens, type HardwareProfile } from './hardware.ts';

/** A hardware profile under one engine configuration: what the event loop computes with. */
export interface EngineTiming {
  readonly overheadMs: number;
  readonly weightReadMs: number;
  readonly prefillMsPerToken: number;
  readonly decodeMsPerRequest: number;
  readonly chunked: boolean;
  readonly prefixCaching: boolean;
  /** Requests that may run at once. */
  readonly slots: number;
  /** KV tokens that may be in use at once; unlimited under static allocation, where a slot is paid in full. */
  readonly kvTokens: number;
  readonly maxModelTokens: number;
}

/** vLLM's `max_num_seqs` default. */
const PAGED_SLOTS = 256;

/** @throws OptiInfraError `VALIDATION_FAILED` naming the field that this hardware cannot run. */
export function engineTiming(hardware: HardwareProfile, configuration: EngineConfiguration): EngineTiming {
  if (configuration.tensor_parallel_size !== hardware.tensorParallelSize) {
    throw refusal(
      'tensor_parallel_size',
      `${configuration.tensor_parallel_size} does not fit ${hardware.name}, which runs ${hardware.tensorParallelSize}`,
    );
  }
  const capacity = kvTokens(hardware, configuration.quantization);
  const { max_model_len: maxModelTokens } = configuration;
  if (!(Number.isInteger(maxModelTokens) && maxModelTokens >= 1 && maxModelTokens <= capacity)) {
    throw refusal(
      'max_model_len',
      `${maxModelTokens} is not between 1 and the ${capacity} tokens of the KV cache`,
    );
  }
  const effect = hardware.quantization[configuration.quantization];
  const paged = configuration.kv_allocation === 'paged';
  return {
    overheadMs: hardware.overheadMs,
    weightReadMs: hardware.weightReadMs * effect.weightReadFactor,
    prefillMsPerToken: hardware.prefillMsPerToken * effect.prefillFactor,
    decodeMsPerRequest: hardware.decodeMsPerRequest,
    chunked: configuration.scheduler === 'chunked',
    prefixCaching: configuration.prefix_caching,
    slots: paged ? PAGED_SLOTS : Math.floor(capacity / maxModelTokens),
    kvTokens: paged ? capacity : Number.POSITIVE_INFINITY,
    maxModelTokens,
  };
}

function refusal(field: string, message: string): OptiInfraError {
  return new OptiInfraError('VALIDATION_FAILED', `${field}: ${message}`, { details: { field } });
}

/** `ovh + hypot(t_w, b·P) + a·B`: weights are read while prompts are computed, whichever lasts longer dominates. */
export function iterationMs(timing: EngineTiming, prefillTokens: number, decodingRequests: number): number {
  const prefillMs = timing.prefillMsPerToken * prefillTokens;
  return (
    timing.overheadMs +
    Math.sqrt(timing.weightReadMs * timing.weightReadMs + prefillMs * prefillMs) +
    timing.decodeMsPerRequest * decodingRequests
  );
}
