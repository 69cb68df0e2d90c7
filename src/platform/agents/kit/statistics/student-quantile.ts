/**
 * Quantile of Student's t from that of the standard normal, by the first two terms of the Cornish–Fisher expansion
 * (error below 1e-3 from 20 degrees of freedom on).
 */
export function studentQuantile(normalQuantile: number, degreesOfFreedom: number): number {
  const z = normalQuantile;
  const first = (z ** 3 + z) / (4 * degreesOfFreedom);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degreesOfFreedom ** 2);
  return z + first + second;
}
