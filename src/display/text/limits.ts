/**
 * How much of a turn is shown.
 *
 * @module
 */

/** Limits of one entry. */
export interface Limits {
  /** Lines of output or of a diff. */
  readonly lines: number;
  /** Characters of output, of a diff or of a thought. */
  readonly chars: number;
  /** Characters of a message. */
  readonly message: number;
  /** Characters of a picture's address. */
  readonly image: number;
  /** Whether the entry may still grow; then its end is shown, else its beginning. */
  readonly isLive: boolean;
}

/** Size limits of a card and of each of its entries, in bytes. */
export interface CardLimits extends Limits {
  readonly htmlBytes: number;
  readonly textBytes: number;
  readonly markdownBytes: number;
}

/** A card that is updated ten times a second: with more, a front end falls behind. */
export const LIVE: CardLimits = {
  lines: 12,
  chars: 3000,
  message: 12_000,
  image: 0,
  isLive: true,
  htmlBytes: 30_000,
  textBytes: 14_000,
  markdownBytes: 0,
};

/** A card that stays. A notebook with an output of more than 1 MB is slow to open. */
export const FINAL: CardLimits = {
  lines: 200,
  chars: 20_000,
  message: 110_000,
  image: 200_000,
  isLive: false,
  htmlBytes: 530_000,
  textBytes: 210_000,
  markdownBytes: 210_000,
};

/** The same limits, scaled down. */
export function scaled(limits: Limits, share: number): Limits {
  return {
    ...limits,
    lines: Math.ceil(limits.lines * share),
    chars: Math.ceil(limits.chars * share),
    message: Math.ceil(limits.message * share),
    image: Math.floor(limits.image * share),
  };
}
