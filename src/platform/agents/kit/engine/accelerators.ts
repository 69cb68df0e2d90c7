/** The GPUs of an instance type, as clouds and their maker publish them. */
export interface Accelerators {
  readonly gpu: string;
  readonly count: number;
  readonly memoryGb: number;
  /** NVIDIA compute capability: what arithmetic the GPU has. */
  readonly computeCapability: number;
}

const A100_40 = { gpu: 'NVIDIA A100 40 GB', count: 8, memoryGb: 40, computeCapability: 8.0 };
const A100_80 = { gpu: 'NVIDIA A100 80 GB', count: 8, memoryGb: 80, computeCapability: 8.0 };
const H100 = { gpu: 'NVIDIA H100 80 GB', count: 8, memoryGb: 80, computeCapability: 9.0 };
const a10g = (count: number): Accelerators => ({
  gpu: 'NVIDIA A10G 24 GB',
  count,
  memoryGb: 24,
  computeCapability: 8.6,
});
const l4 = (count: number): Accelerators => ({
  gpu: 'NVIDIA L4 24 GB',
  count,
  memoryGb: 24,
  computeCapability: 8.9,
});

/**
 * Instance types: aws.amazon.com/ec2/instance-types (accelerated computing) and cloud.google.com/compute/docs/gpus;
 * compute capabilities: developer.nvidia.com/cuda-gpus. All read in November 2026.
 */
const ACCELERATORS: Readonly<Record<string, Accelerators>> = {
  'p4d.24xlarge': A100_40,
  'p4de.24xlarge': A100_80,
  'p5.48xlarge': H100,
  'g5.12xlarge': a10g(4),
  'g5.48xlarge': a10g(8),
  'g6.12xlarge': l4(4),
  'g6.48xlarge': l4(8),
  'a2-highgpu-8g': A100_40,
  'a2-ultragpu-8g': A100_80,
  'a3-highgpu-8g': H100,
};

/** Null for a type that is not in the table: nothing may be assumed about it. */
export function acceleratorsOf(instanceType: string): Accelerators | null {
  return ACCELERATORS[instanceType] ?? null;
}

/** Types whose nodes serve like this one: same GPU, same number. What was measured on one holds for the other. */
export function equalTypes(instanceType: string): readonly string[] {
  const wanted = acceleratorsOf(instanceType);
  if (wanted === null) return [instanceType];
  return Object.entries(ACCELERATORS)
    .filter(([, { gpu, count }]) => gpu === wanted.gpu && count === wanted.count)
    .map(([name]) => name);
}
