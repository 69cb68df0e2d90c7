import type { CloudProvider } from '../../contracts/api/common.ts';
import { loadPriceBook } from './load-price-book.ts';
import type { PriceRow } from './price-book.ts';

/**
 * Public list prices, snapshot November 2026: skypilot-org/skypilot-catalog catalogs/v8/aws/vms.csv @ 00148f2 and
 * catalogs/v8/gcp/vms.csv @ 006059e; p4d, p4de and p5 agree with hyperscalers.json of datareceipts/data-receipts
 * (2026-11-09). The catalogue names zones by id and letters differ between accounts, so the letters here are ours, in
 * the catalogue's order. Of g5 and g6 the lowest and highest zone are kept. A GCP price is host row + accelerator row.
 */
export const LIST_2026_11_BOOK = loadPriceBook({
  name: 'list-2026-11',
  rateKind: 'list',
  rows: [
    aws('us-east-1', 'p4d.24xlarge', 21.957642, [2.4655, 8.1915, 8.1203, 7.8799]),
    aws('us-east-2', 'p4d.24xlarge', 21.95764, [6.0374, 6.0965, 21.8535]),
    aws('us-west-2', 'p4d.24xlarge', 21.95764, [7.9992, 8.2259, 9.7315, 8.4794]),
    aws('us-east-1', 'p4de.24xlarge', 27.44705, [9.9734, 8.6505]),
    aws('us-east-1', 'p5.48xlarge', 55.04, [55.04, 19.2531, 21.1543, 55.04, 25.7522, 17.6289]),
    aws('us-east-2', 'p5.48xlarge', 55.04, [11.2543, 11.5616, 11.9912]),
    aws('us-east-1', 'g5.12xlarge', 5.672, [2.08, 2.78]),
    aws('us-east-1', 'g5.48xlarge', 16.288, [4.54, 7.01]),
    aws('us-east-1', 'g6.12xlarge', 4.6016, [1.76, 2.1]),
    aws('us-east-1', 'g6.48xlarge', 13.3504, [3.73, 6.28]),
    gcp('us-central1', 'a2-highgpu-8g', 29.38708, 14.4308),
    gcp('us-east5', 'a2-ultragpu-8g', 44.19056, 13.18),
    gcp('us-east4', 'a3-highgpu-8g', 87.83, 20.04),
  ],
});

function aws(region: string, instanceType: string, onDemandUsdPerHour: number, spot: number[]): PriceRow {
  return row('aws', region, instanceType, onDemandUsdPerHour, spot, '');
}

/** The catalogue has one spot price a region. */
function gcp(region: string, instanceType: string, onDemandUsdPerHour: number, spot: number): PriceRow {
  return row('gcp', region, instanceType, onDemandUsdPerHour, [spot], '-');
}

function row(
  provider: CloudProvider,
  region: string,
  instanceType: string,
  onDemandUsdPerHour: number,
  spot: readonly number[],
  separator: string,
): PriceRow {
  const zones = spot.map((usdPerHour, index) => ({
    zone: `${region}${separator}${String.fromCharCode('a'.charCodeAt(0) + index)}`,
    usdPerHour,
  }));
  return { provider, region, instanceType, onDemandUsdPerHour, spot: zones };
}
