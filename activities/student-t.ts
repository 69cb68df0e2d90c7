import { gammaln } from 'simple-statistics';

/** Quantile of Student's t by integrating its density: another way than the platform takes, so that both can be held together. */
export function studentT(probability: number, degreesOfFreedom: number): number {
  if (probability <= 0.5 || probability >= 1)
    throw new RangeError(`no upper quantile: ${String(probability)}`);
  let [low, high] = [0, 50];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (0.5 + areaUpTo(middle, degreesOfFreedom) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const STRIPES = 2_000;

/** Under the density between 0 and `limit`, by Simpson's rule. */
function areaUpTo(limit: number, degreesOfFreedom: number): number {
  const width = limit / STRIPES;
  let sum = density(0, degreesOfFreedom) + density(limit, degreesOfFreedom);
  for (let index = 1; index < STRIPES; index += 1) {
    sum += density(index * width, degreesOfFreedom) * (index % 2 === 0 ? 2 : 4);
  }
  return (sum * width) / 3;
}

function density(value: number, degreesOfFreedom: number): number {
  const logarithm =
    gammaln((degreesOfFreedom + 1) / 2) -
    gammaln(degreesOfFreedom / 2) -
    0.5 * Math.log(degreesOfFreedom * Math.PI);
  return Math.exp(logarithm - ((degreesOfFreedom + 1) / 2) * Math.log(1 + value ** 2 / degreesOfFreedom));
}
