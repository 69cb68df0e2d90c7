import type { CloudProvider } from '../../contracts/api/common.ts';
import {
  INTERRUPTION_PRESETS,
  type InterruptionPresetName,
  type InterruptionStatistics,
  type PriceQuote,
} from '../../contracts/market.ts';
import { toTimestamp } from '../../support/clock.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { findPriceRow, type PriceBook, type PriceRow } from '../prices/price-book.ts';
import { InterruptionProcess, type Interruption, type SpotNode } from './interruptions.ts';
import { NOTICE_SECONDS, PRESETS } from './presets.ts';
import { createSpotPath } from './spot-path.ts';

export type { SpotNode } from './interruptions.ts';

export interface MarketOptions {
  readonly seed: number;
  /** World time at which hour 0 of every price path begins. */
  readonly anchorWorldMs: number;
}
interface PoolQuestion {
  readonly book: PriceBook;
  readonly provider: CloudProvider;
  readonly region: string;
  readonly instanceType: string;
  readonly atMs: number;
}

/** One site's market: a book's medians moved by a seeded path, and the cloud's reclaims. */
export interface Market {
  /** Undefined when the book does not price this type there. */
  quote(question: PoolQuestion): PriceQuote | undefined;
  /** Never above on demand. */
  spotUsdPerHour(row: PriceRow, zone: string, atMs: number): number | undefined;
  /** The first moment after `atMs` at which spot prices may differ. */
  nextPriceChangeMs(atMs: number): number;
  /** Fault: every spot price times `factor` from now on; 1 ends it. */
  moveSpot(factor: number): void;
  interruptionStatistics(
    provider: CloudProvider,
    preset: InterruptionPresetName,
    coldStartSeconds: number,
  ): InterruptionStatistics;
  /** Nodes that get notice in `(fromMs, toMs]`. */
  nextInterruptions(
    nodes: readonly SpotNode[],
    fromMs: number,
    toMs: number,
    options: { readonly provider: CloudProvider; readonly preset: InterruptionPresetName },
  ): Interruption[];
}

const MS_PER_HOUR = 3_600_000;

class SeededMarket implements Market {
  readonly #anchorWorldMs: number;
  readonly #path;
  readonly #interruptions;
  #spotFactor = 1;

  constructor(options: MarketOptions) {
    this.#anchorWorldMs = options.anchorWorldMs;
    this.#path = createSpotPath(options.seed);
    this.#interruptions = new InterruptionProcess(options.seed, options.anchorWorldMs);
  }

  quote({ book, provider, region, instanceType, atMs }: PoolQuestion): PriceQuote | undefined {
    const row = findPriceRow(book, provider, region, instanceType);
    if (row === undefined) return undefined;
    return {
      provider,
      region,
      instance_type: instanceType,
      at: toTimestamp(atMs),
      on_demand_usd_per_hour: row.onDemandUsdPerHour,
      spot: row.spot.map(({ zone, usdPerHour }) => ({
        zone,
        usd_per_hour: this.#moved(row, zone, usdPerHour, atMs),
      })),
      rate_kind: book.rateKind,
    };
  }

  spotUsdPerHour(row: PriceRow, zone: string, atMs: number): number | undefined {
    const price = row.spot.find((candidate) => candidate.zone === zone);
    return price === undefined ? undefined : this.#moved(row, zone, price.usdPerHour, atMs);
  }

  nextPriceChangeMs(atMs: number): number {
    return this.#anchorWorldMs + (this.#hourOf(atMs) + 1) * MS_PER_HOUR;
  }

  moveSpot(factor: number): void {
    if (!(factor > 0 && Number.isFinite(factor))) {
      throw new OptiInfraError('VALIDATION_FAILED', `factor: ${factor} is no positive number`, {
        details: { field: 'factor' },
      });
    }
    this.#spotFactor = factor;
  }

  interruptionStatistics(
    provider: CloudProvider,
    preset: InterruptionPresetName,
    coldStartSeconds: number,
  ): InterruptionStatistics {
    return {
      current: PRESETS[preset],
      presets: INTERRUPTION_PRESETS.map((name) => PRESETS[name]),
      notice_seconds: NOTICE_SECONDS[provider],
      cold_start_seconds: coldStartSeconds,
    };
  }

  nextInterruptions(
    nodes: readonly SpotNode[],
    fromMs: number,
    toMs: number,
    options: { readonly provider: CloudProvider; readonly preset: InterruptionPresetName },
  ): Interruption[] {
    const { provider } = options;
    return this.#interruptions.next({ provider, preset: PRESETS[options.preset], nodes, fromMs, toMs });
  }

  /** Prices carry four decimals, as the clouds publish them. */
  #moved(row: PriceRow, zone: string, medianUsdPerHour: number, atMs: number): number {
    const factor = this.#path.factor(`${row.instanceType}/${zone}`, this.#hourOf(atMs)) * this.#spotFactor;
    const rounded = Math.round(medianUsdPerHour * factor * 10_000) / 10_000;
    return Math.min(rounded, row.onDemandUsdPerHour);
  }

  #hourOf(atMs: number): number {
    return Math.floor((atMs - this.#anchorWorldMs) / MS_PER_HOUR);
  }
}

export function createMarket(options: MarketOptions): Market {
  return new SeededMarket(options);
}
