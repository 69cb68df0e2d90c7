import type { CloudProvider } from './api/common.ts';

/**
 * The market service: what a cloud's price and advisor pages tell a customer. Served by the world, read by the platform.
 * `account` selects the customer's contract (a price book), as a price page does after login.
 */
/** `GET /market/prices?provider&account&region&instance_type` */
export interface PriceQuote {
  readonly provider: CloudProvider;
  readonly region: string;
  readonly instance_type: string;
  /** World time of the quote. */
  readonly at: string;
  readonly on_demand_usd_per_hour: number;
  readonly spot: readonly { readonly zone: string; readonly usd_per_hour: number }[];
  /** `contract` for the reference book, `list` for list prices: a contract rate is never shown as a list price. */
  readonly rate_kind: 'contract' | 'list';
}
/** `GET /market/interruptions?provider&account&region&instance_type` */
export interface InterruptionStatistics {
  readonly current: InterruptionPreset;
  /** All published presets, for an interval. */
  readonly presets: readonly InterruptionPreset[];
  readonly notice_seconds: number;
  /** Seconds from launch to ready for the customer's image. */
  readonly cold_start_seconds: number;
}
export interface InterruptionPreset {
  readonly name: InterruptionPresetName;
  readonly interruptions_per_node_hour: number;
  /** Share of time a wanted spot slot is filled. */
  readonly availability: number;
}
export const INTERRUPTION_PRESETS = ['calm', 'traced', 'harsh'] as const;
export type InterruptionPresetName = (typeof INTERRUPTION_PRESETS)[number];
export const PRICE_BOOKS = ['reference', 'list'] as const;
export type PriceBookName = (typeof PRICE_BOOKS)[number];

/** `GET /market/transfer-prices?provider&account`: what data costs that leaves the cloud, a zone or a region. */
export interface TransferPrices {
  readonly provider: CloudProvider;
  /** Monthly tiers in ascending order; the last has no upper end. */
  readonly internet_egress: readonly { readonly up_to_gb: number | null; readonly usd_per_gb: number }[];
  readonly between_zones_usd_per_gb_each_way: number;
  readonly between_regions_usd_per_gb: number;
}

/** `GET /market/commitments?provider&account`: discounts on the on-demand price for a promised term. */
export interface CommitmentPrices {
  readonly terms: readonly { readonly years: number; readonly discount_share: number }[];
}
