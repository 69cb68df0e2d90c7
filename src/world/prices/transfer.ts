import type { CloudProvider } from '../../contracts/api/common.ts';
import type { TransferPrices } from '../../contracts/market.ts';

/**
 * What moving data costs, billed by the cloud it leaves. AWS: egress tiers and zones/regions as of 2026 (price guides of
 * wring.co and finopsforge.com). GCP: premium tier egress (dev.to/suhas_mallesh); between zones 0.01
 * and between regions of North America 0.02 (cloudwebschool.com, network egress costs, read November 2026).
 */
export const TRANSFER_PRICES: Readonly<Record<CloudProvider, TransferPrices>> = {
  aws: {
    provider: 'aws',
    internet_egress: [
      { up_to_gb: 100, usd_per_gb: 0 },
      { up_to_gb: 10_240, usd_per_gb: 0.09 },
      { up_to_gb: 51_200, usd_per_gb: 0.085 },
      { up_to_gb: 153_600, usd_per_gb: 0.07 },
      { up_to_gb: null, usd_per_gb: 0.05 },
    ],
    between_zones_usd_per_gb_each_way: 0.01,
    between_regions_usd_per_gb: 0.02,
  },
  gcp: {
    provider: 'gcp',
    internet_egress: [
      { up_to_gb: 1_024, usd_per_gb: 0.12 },
      { up_to_gb: 10_240, usd_per_gb: 0.11 },
      { up_to_gb: null, usd_per_gb: 0.08 },
    ],
    between_zones_usd_per_gb_each_way: 0.01,
    between_regions_usd_per_gb: 0.02,
  },
};
