import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One stream of pseudo-random numbers; the same seed and purpose give the same bytes on every machine. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Exponential with the given rate (events per unit). */
  exponential(rate: number): number;
  /** Log-normal given its mean and coefficient of variation. */
  logNormal(mean: number, coefficientOfVariation: number): number;
}

/** FNV-1a, 32 bits: turns a purpose into a seed offset. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}

/** One stream a purpose, so that drawing more of one kind never shifts another. */
export function randomStream(seed: number, purpose: string): RandomStream {
  const generator = xoroshiro128plus(hash(`${String(seed)}/${purpose}`));
  // 53 bits from two draws: the resolution of a double.
  const uniform = (): number =>
    ((generator.next() >>> 5) * 67_108_864 + (generator.next() >>> 6)) / 9_007_199_254_740_992;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    exponential: (rate) => -Math.log(1 - uniform()) / rate,
    logNormal: (mean, coefficientOfVariation) => {
      const variance = Math.log(1 + coefficientOfVariation ** 2);
      return mean * Math.exp(-variance / 2 + Math.sqrt(variance) * normal());
    },
  };
}
