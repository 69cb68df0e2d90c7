import { describe, expect, it } from 'vitest';

import { ACME_ENGINE } from '../../../../src/world/serving/acceptance/cases.ts';
import { hardwareFor, kvTokens } from '../../../../src/world/serving/hardware.ts';
import { engineTiming, iterationMs } from '../../../../src/world/serving/timing.ts';
import { expectedIterationMs, MODEL, P4D } from './support.ts';

const H100 = hardwareFor('p5.48xlarge', MODEL);

describe('engine timing', () => {
  it('is the formula of the contract', () => {
    const timing = engineTiming(P4D, ACME_ENGINE);
    expect(iterationMs(timing, 0, 0)).toBeCloseTo(29.7, 9);
    expect(iterationMs(timing, 340, 9)).toBeCloseTo(expectedIterationMs(340, 9), 9);
  });

  it('FP8 on A100 is weight-only: prefill gains nothing', () => {
    const timing = engineTiming(P4D, { ...ACME_ENGINE, quantization: 'fp8' });
    expect(timing.weightReadMs).toBeCloseTo(18.7 * 0.55, 9);
    expect(timing.prefillMsPerToken).toBe(0.11);
  });

  it('INT8 on A100 and FP8 on H100 gain both', () => {
    expect(engineTiming(P4D, { ...ACME_ENGINE, quantization: 'int8' }).prefillMsPerToken).toBeCloseTo(
      0.0682,
      9,
    );
    const fp8 = engineTiming(H100, { ...ACME_ENGINE, quantization: 'fp8' });
    expect(fp8.prefillMsPerToken).toBeCloseTo(0.0386 / 1.6, 9);
    expect(fp8.weightReadMs).toBeCloseTo(8.4 * 0.55, 9);
  });

  it('counts slots by the way memory is allocated', () => {
    expect(engineTiming(P4D, ACME_ENGINE).slots).toBe(56);
    expect(engineTiming(P4D, { ...ACME_ENGINE, max_model_len: 32_768 }).slots).toBe(14);
    expect(engineTiming(P4D, { ...ACME_ENGINE, kv_allocation: 'paged' }).slots).toBe(256);
  });

  it('gives the memory of lighter weights to the KV cache', () => {
    expect(kvTokens(P4D, 'bf16')).toBe(460_000);
    expect(kvTokens(P4D, 'fp8')).toBe(460_000 + Math.floor(70.5e9 / 327_680));
    expect(kvTokens(P4D, 'w4a16')).toBeGreaterThan(kvTokens(P4D, 'int8'));
  });

  it.each([
    [{ tensor_parallel_size: 4 }, /tensor_parallel_size: 4 does not fit 8×A100-40GB/],
    [{ max_model_len: 500_000 }, /max_model_len: 500000 is not between 1 and the 460000/],
    [{ max_model_len: 0 }, /max_model_len/],
    [{ max_model_len: 10.5 }, /max_model_len/],
  ])('refuses %o', (change, message) => {
    expect(() => engineTiming(P4D, { ...ACME_ENGINE, ...change })).toThrow(message);
  });
});

describe('hardware', () => {
  it('knows GCP’s machines by their cards', () => {
    expect(hardwareFor('a2-highgpu-8g', MODEL)).toBe(P4D);
    expect(hardwareFor('a3-highgpu-8g', MODEL)).toBe(H100);
    expect(hardwareFor('a2-ultragpu-8g', MODEL)).toBe(hardwareFor('p4de.24xlarge', MODEL));
  });

  it('refuses a type and a model it has no constants for, by field', () => {
    expect(() => hardwareFor('g5.12xlarge', MODEL)).toThrow(/^instanceType: .*g5\.12xlarge/);
    expect(() => hardwareFor('p4d.24xlarge', 'mistral-7b')).toThrow(/^model: .*mistral-7b/);
  });
});
