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

/** FNV-1a with MurmurHash3's finalizer, 32 bits: neighbouring purposes get seeds that have nothing in common. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 0;
}

/** A fresh state is mostly zeros and its first numbers show the seed's bits: they are thrown away. */
const WARM_UP_DRAWS = 16;

/** One stream a purpose, so that drawing more of one kind never shifts another. */
export function randomStream(seed: number, purpose: string): RandomStream {
  const generator = xoroshiro128plus(hash(`${String(seed)}/${purpose}`));
  for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) generator.next();
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
