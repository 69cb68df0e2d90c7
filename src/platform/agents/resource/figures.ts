import type { GpuStatistics } from '../kit/telemetry/types.ts';

export function gpuFigures(gpu: GpuStatistics): Record<string, number> {
  return {
    gpu_utilization_share_mean: gpu.utilizationMean,
    gpu_utilization_share_p95: gpu.utilizationP95,
    gpu_memory_utilization_share_mean: gpu.memoryUtilizationMean,
    gpu_samples_count: gpu.samples,
  };
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
