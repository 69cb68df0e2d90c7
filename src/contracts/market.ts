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
