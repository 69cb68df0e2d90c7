import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import { OptiInfraError } from '../../support/errors.ts';

type Quantization = EngineConfiguration['quantization'];

/** What a quantization does to the two costs that weights and arithmetic make: factors on `t_w` and `b`. */
interface QuantizationEffect {
  readonly weightReadFactor: number;
  readonly prefillFactor: number;
  /** Bytes a weight takes, against two for BF16: what is saved becomes room for the KV cache. */
  readonly weightBytesFactor: number;
}

/** One served model on one kind of node: the constants of `iterationMs` and the memory left for the KV cache. */
export interface HardwareProfile {
  readonly name: string;
  readonly tensorParallelSize: number;
  /** Fixed cost of an iteration: scheduling, kernel launches, sampling. */
  readonly overheadMs: number;
  /** Reading all weights once, `t_w`. */
  readonly weightReadMs: number;
  /** Cost of a prefill token, `b`. */
  readonly prefillMsPerToken: number;
  /** Cost of a decoding request in an iteration, `a`. */
  readonly decodeMsPerRequest: number;
  /** Tokens the KV cache holds with BF16 weights. */
  readonly kvTokensBf16: number;
  readonly quantization: Readonly<Record<Quantization, QuantizationEffect>>;
}

// Llama-3-70B: 141 GB of BF16 weights; 80 layers × 8 KV heads × 128 × (K and V) × 2 B = 320 KiB a token
// (model configuration, meta-llama/Meta-Llama-3-70B config.json, April 2024).
const WEIGHT_BYTES_BF16 = 141e9;
const KV_BYTES_PER_TOKEN = 327_680;
/** Share of device memory the engine takes for itself at start (vLLM's `gpu_memory_utilization` default). */
export const ENGINE_MEMORY_SHARE = 0.9;

/** Tokens that fit beside the BF16 weights on eight 80 GB cards. */
const KV_TOKENS_8X80GB = Math.floor(
  (8 * 80e9 * ENGINE_MEMORY_SHARE - WEIGHT_BYTES_BF16) / KV_BYTES_PER_TOKEN,
);

const BF16: QuantizationEffect = { weightReadFactor: 1, prefillFactor: 1, weightBytesFactor: 1 };
// Four-bit weights are read in about a third of the time, arithmetic stays 16 bit [A: between the published 2–3×
// of Marlin kernels (vLLM pull request 5975, 2024-07) and the ideal 4×].
const W4A16: QuantizationEffect = { weightReadFactor: 0.32, prefillFactor: 1, weightBytesFactor: 0.28 };
// INT8 W8A8 runs natively on A100 (arXiv 2411.02355, 2024-11); factors of the world spec §4.
const INT8: QuantizationEffect = { weightReadFactor: 0.55, prefillFactor: 0.62, weightBytesFactor: 0.5 };

const A100 = {
  bf16: BF16,
  // FP8 arithmetic needs compute capability 8.9: on A100 it is weight-only (Marlin), so prefill gains nothing
  // (vllm-project/vllm docs/features/quantization/llm_compressor/fp8.md, 2025).
  fp8: { weightReadFactor: 0.55, prefillFactor: 1, weightBytesFactor: 0.5 },
  int8: INT8,
  w4a16: W4A16,
} as const;
const H100 = {
  bf16: BF16,
  // FP8 arithmetic: up to 1.6× throughput (same vLLM page).
  fp8: { weightReadFactor: 0.55, prefillFactor: 1 / 1.6, weightBytesFactor: 0.5 },
  int8: INT8,
  w4a16: W4A16,
} as const;

/**
 * 8×A100-40GB, TP8. `t_w`: 14.3 ms measured on A100-80GB (microsoft/vidur profile of Llama-3-70B, 80 layers) × 2.039 /
 * 1.555 TB/s of memory bandwidth. `b`: vidur's 0.0905 × 1.2 for communication [A]. `ovh`, `a`: fitted on the vLLM 0.6
 * curves (vLLM blog 2024-09-05, A100_70B.png). KV: 320 GB × 0.9 − weights, about 460 k tokens (world spec §4).
 */
const A100_40GB_X8: HardwareProfile = {
  name: '8×A100-40GB',
  tensorParallelSize: 8,
  overheadMs: 11,
  weightReadMs: 18.7,
  prefillMsPerToken: 0.11,
  decodeMsPerRequest: 0.05,
  kvTokensBf16: 460_000,
  quantization: A100,
};

/** 8×A100-80GB, TP8: the same card with vidur's own 14.3 ms of weight reading. */
const A100_80GB_X8: HardwareProfile = {
  ...A100_40GB_X8,
  name: '8×A100-80GB',
  weightReadMs: 14.3,
  kvTokensBf16: KV_TOKENS_8X80GB,
};

/** 8×H100-80GB, TP8: A100/H100 ratios 1.70 at one token and 2.83 at 1,024 (vidur, Llama-2-70B, TP8). */
const H100_80GB_X8: HardwareProfile = {
  name: '8×H100-80GB',
  tensorParallelSize: 8,
  overheadMs: 9,
  weightReadMs: 8.4,
  prefillMsPerToken: 0.0386,
  decodeMsPerRequest: 0.03,
  kvTokensBf16: KV_TOKENS_8X80GB,
  quantization: H100,
};

/** 4×A100-80GB, TP4: no node of the world, but the machine of the published curves the model is calibrated on. */
export const CALIBRATION_A100_80GB_X4: HardwareProfile = {
  name: '4×A100-80GB',
  tensorParallelSize: 4,
  overheadMs: 9,
  weightReadMs: 24.9,
  prefillMsPerToken: 0.182,
  decodeMsPerRequest: 0.08,
  kvTokensBf16: Math.floor((4 * 80e9 * ENGINE_MEMORY_SHARE - WEIGHT_BYTES_BF16) / KV_BYTES_PER_TOKEN),
  quantization: A100,
};

/** Types with measured constants; the GCP types carry the same cards (cloud product pages, November 2026). */
const PROFILES: Readonly<Record<string, HardwareProfile>> = {
  'p4d.24xlarge': A100_40GB_X8,
  'p4de.24xlarge': A100_80GB_X8,
  'p5.48xlarge': H100_80GB_X8,
  'a2-highgpu-8g': A100_40GB_X8,
  'a2-ultragpu-8g': A100_80GB_X8,
  'a3-highgpu-8g': H100_80GB_X8,
};

const LLAMA_3_70B = /llama-3(\.\d)?-70b/i;

/** The profile of a model on an instance type. @throws OptiInfraError `VALIDATION_FAILED` naming the field. */
export function hardwareFor(instanceType: string, model: string): HardwareProfile {
  if (!LLAMA_3_70B.test(model)) {
    throw new OptiInfraError('VALIDATION_FAILED', `model: the world has no constants for ${model}`, {
      hint: 'Serve a Llama-3 70B model.',
      details: { field: 'model' },
    });
  }
  const profile = PROFILES[instanceType];
  if (profile !== undefined) return profile;
  throw new OptiInfraError(
    'VALIDATION_FAILED',
    `instanceType: the world has no serving constants for ${instanceType}`,
    {
      hint: `Use one of ${Object.keys(PROFILES).join(', ')}.`,
      details: { field: 'instanceType' },
    },
  );
}

/** Tokens the KV cache holds: lighter weights leave more room. */
export function kvTokens(hardware: HardwareProfile, quantization: Quantization): number {
  const freedBytes = WEIGHT_BYTES_BF16 * (1 - hardware.quantization[quantization].weightBytesFactor);
  return hardware.kvTokensBf16 + Math.floor(freedBytes / KV_BYTES_PER_TOKEN);
}
