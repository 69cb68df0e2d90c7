import type { EngineConfiguration } from '../../../../contracts/api/customers.ts';
import { acceleratorsOf } from './accelerators.ts';

export type Quantization = EngineConfiguration['quantization'];

/** How a quantization runs: weights stored smaller and computed in BF16, or computed in the small format itself. */
export interface QuantizationMode {
  readonly quantization: Quantization;
  readonly arithmetic: 'bf16' | 'fp8' | 'int8';
  readonly neededComputeCapability: number;
  /** Time of reading the weights once, against BF16. */
  readonly weightPassFactor: number;
  /** Time of prefilling a token, against BF16. */
  readonly prefillFactor: number;
  /** Score kept, against BF16. */
  readonly qualityRatio: number;
}

/**
 * Weight pass: of Llama-3-70B's 70.6 billion parameters the 2.1 of embedding and output layer stay BF16, the rest shrink
 * with their bits: 0.97 · bits/16 + 0.03. The Marlin kernels reach that bound up to a batch of 16–32 (arXiv:2408.11743).
 * Hardware floors: docs.vllm.ai, quantization/supported_hardware and llm_compressor/fp8 (FP8 arithmetic from 8.9, FP8
 * weights by Marlin from 7.5, INT8 W8A8 from 7.5, GPTQ-Marlin from 8.0).
 * Prefill: INT8 W8A8 up to 1.56 times as fast (SmoothQuant, arXiv:2211.10438), FP8 W8A8 1.6 times (docs.vllm.ai); formats
 * computed in BF16 gain nothing there.
 * Quality: recovery of published evaluations of Llama-3.1-70B (arXiv:2411.02355), their lower ends.
 */
const MODES: readonly QuantizationMode[] = [
  mode('bf16', 'bf16', 0, 16, 1, 1),
  mode('fp8', 'fp8', 8.9, 8, 1 / 1.6, 0.996),
  mode('fp8', 'bf16', 7.5, 8, 1, 0.996),
  mode('int8', 'int8', 7.5, 8, 1 / 1.56, 0.985),
  mode('w4a16', 'bf16', 8.0, 4, 1, 0.98),
];

function mode(
  quantization: Quantization,
  arithmetic: QuantizationMode['arithmetic'],
  neededComputeCapability: number,
  weightBits: number,
  prefillFactor: number,
  qualityRatio: number,
): QuantizationMode {
  const weightPassFactor = 0.97 * (weightBits / 16) + 0.03;
  return {
    quantization,
    arithmetic,
    neededComputeCapability,
    weightPassFactor,
    prefillFactor,
    qualityRatio,
  };
}

export type QuantizationFit =
  | { readonly fits: true; readonly mode: QuantizationMode; readonly refused: readonly string[] }
  | { readonly fits: false; readonly reasons: readonly string[] };

/** The best mode in which these GPUs run a quantization; modes they lack are refused, each with its reason. */
export function fitQuantization(instanceType: string, quantization: Quantization): QuantizationFit {
  const modes = MODES.filter((candidate) => candidate.quantization === quantization);
  const accelerators = acceleratorsOf(instanceType);
  if (accelerators === null) {
    // What asks nothing of the GPUs runs on unknown ones too.
    const undemanding = modes.find(({ neededComputeCapability }) => neededComputeCapability === 0);
    if (undemanding !== undefined) return { fits: true, mode: undemanding, refused: [] };
    return { fits: false, reasons: [`${quantization} refused on ${instanceType}: its GPUs are not known`] };
  }
  const { gpu, computeCapability } = accelerators;
  const refused = modes
    .filter((candidate) => computeCapability < candidate.neededComputeCapability)
    .map(
      ({ arithmetic, neededComputeCapability }) =>
        `${arithmetic === 'bf16' ? `${quantization} weights` : `${arithmetic} arithmetic`} refused on ${instanceType} ` +
        `(${gpu}): needs compute capability ${neededComputeCapability.toFixed(1)}, it has ${computeCapability.toFixed(1)}`,
    );
  const best = modes.find((candidate) => computeCapability >= candidate.neededComputeCapability);
  return best === undefined ? { fits: false, reasons: refused } : { fits: true, mode: best, refused };
}

export function describeMode({ quantization, arithmetic }: QuantizationMode): string {
  if (quantization === 'bf16') return 'BF16';
  const name = quantization.toUpperCase();
  return arithmetic === 'bf16' ? `${name} weights, BF16 arithmetic` : `${name} weights and arithmetic`;
}
