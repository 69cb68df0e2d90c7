import { OptiInfraError } from '../../support/errors.ts';
import { median } from './median.ts';
import type { PriceBook, PriceRow, PriceWarning } from './price-book.ts';

/** A price this many times over or under its peers is worth a look: tags of a catalogue get mixed up. */
const OUTLIER_FACTOR = 2;

/**
 * Checks a book once, when it is made. Impossible rows stop it, odd ones become warnings.
 * @throws OptiInfraError `PRICE_REJECTED` naming the row.
 */
export function loadPriceBook(book: Omit<PriceBook, 'warnings'>): PriceBook {
  const seen = new Set<string>();
  for (const row of book.rows) {
    const key = nameOf(row);
    if (seen.has(key)) throw rejection(row, 'stands twice in the book');
    seen.add(key);
    rejectImpossible(row);
  }
  return {
    ...book,
    warnings: book.rows.flatMap((row) => [...spotWarnings(row), ...peerWarnings(row, book.rows)]),
  };
}

function rejectImpossible(row: PriceRow): void {
  if (!(row.onDemandUsdPerHour > 0 && Number.isFinite(row.onDemandUsdPerHour))) {
    throw rejection(row, `has the on-demand price ${row.onDemandUsdPerHour}`);
  }
  const zones = new Set(row.spot.map(({ zone }) => zone));
  if (zones.size !== row.spot.length) throw rejection(row, 'names a zone twice');
  for (const { zone, usdPerHour } of row.spot) {
    if (!(usdPerHour > 0)) throw rejection(row, `has the spot price ${usdPerHour} in ${zone}`);
    if (usdPerHour > row.onDemandUsdPerHour) {
      throw rejection(
        row,
        `costs ${usdPerHour} as spot in ${zone}, above ${row.onDemandUsdPerHour} on demand`,
      );
    }
  }
}

function spotWarnings(row: PriceRow): PriceWarning[] {
  const middle = median(row.spot.map(({ usdPerHour }) => usdPerHour));
  return row.spot.flatMap(({ zone, usdPerHour }): PriceWarning[] => {
    const message = `${nameOf(row)} costs ${usdPerHour} as spot in ${zone}`;
    if (usdPerHour === row.onDemandUsdPerHour) {
      return [{ kind: 'no-discount', row, zone, message: `${message}, the on-demand price` }];
    }
    if (middle === undefined || !isOutlier(usdPerHour, middle)) return [];
    return [{ kind: 'spot-outlier', row, zone, message: `${message}, against a median of ${middle}` }];
  });
}

/** The same machine in two regions of a cloud rarely differs by half. */
function peerWarnings(row: PriceRow, rows: readonly PriceRow[]): PriceWarning[] {
  return rows
    .filter(
      (peer) => peer !== row && peer.provider === row.provider && peer.instanceType === row.instanceType,
    )
    .filter((peer) => isOutlier(row.onDemandUsdPerHour, peer.onDemandUsdPerHour))
    .map((peer) => ({
      kind: 'on-demand-outlier',
      row,
      zone: null,
      message: `${nameOf(row)} costs ${row.onDemandUsdPerHour} on demand, against ${peer.onDemandUsdPerHour} in ${peer.region}`,
    }));
}

function isOutlier(price: number, peer: number): boolean {
  return price * OUTLIER_FACTOR < peer || price > peer * OUTLIER_FACTOR;
}

function nameOf(row: PriceRow): string {
  return `${row.provider} ${row.region} ${row.instanceType}`;
}

function rejection(row: PriceRow, why: string): OptiInfraError {
  return new OptiInfraError('PRICE_REJECTED', `${nameOf(row)} ${why}`, { details: { row } });
}
