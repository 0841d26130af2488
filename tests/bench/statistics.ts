/**
 * Numbers out of rounds.
 *
 * @module
 */

/** What is told of a series of figures. */
export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** Sums a series up; there must be at least one figure. */
export function summarize(figures: readonly number[]): Summary {
  const sorted = figures.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    min: quantile(sorted, 0),
    max: quantile(sorted, 1),
    rounds: sorted.length,
  };
}

/**
 * The median of the ratios of two series, round by round: what slows the machine down for a while slows down both
 * figures of a round, so this moves less than the ratio of the medians.
 */
export function pairedRatio(figures: readonly number[], others: readonly number[]): number {
  const ratios = figures.slice(0, others.length).map((figure, i) => figure / (others[i] ?? NaN));
  return summarize(ratios).median;
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place % 1);
}
