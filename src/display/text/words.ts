/**
 * Words that differ between the lines of a change.
 *
 * @module
 */

/** A part of a line. */
export interface Word {
  readonly text: string;
  /** Whether the line that it is compared with lacks it. */
  readonly differs: boolean;
}

/** Lines with more words are not compared: the time grows with the square. */
const MAX_WORDS = 200;
/** Lines that share less than this are another line, and not a change of words. */
const LEAST_SHARED = 0.3;

/**
 * The words of each line of a diff. A block of removed lines is compared with as many added ones
 * that follow it.
 */
export function changedWords(lines: readonly string[]): readonly Word[][] {
  const words = lines.map((line) => [{ text: line.slice(1), differs: false }] as Word[]);
  for (let start = 0; start < lines.length;) {
    const removed = run(lines, start, "-");
    const added = run(lines, start + removed, "+");
    if (removed > 0 && removed === added) {
      for (let index = start; index < start + removed; index++) {
        [words[index], words[index + removed]] = compared(
          lines[index]?.slice(1) ?? "",
          lines[index + removed]?.slice(1) ?? "",
        );
      }
    }
    start += Math.max(1, removed + added);
  }
  return words;
}

function run(lines: readonly string[], start: number, sign: string): number {
  let end = start;
  while (lines[end]?.startsWith(sign)) end++;
  return end - start;
}

function compared(before: string, after: string): [Word[], Word[]] {
  const [old, fresh] = [split(before), split(after)];
  const whole: [Word[], Word[]] = [
    [{ text: before, differs: false }],
    [{ text: after, differs: false }],
  ];
  if (old.length > MAX_WORDS || fresh.length > MAX_WORDS) return whole;
  const [inOld, inFresh] = shared(old, fresh);
  const sharedChars = old.filter((_, index) => inOld.has(index)).join("").length;
  if (sharedChars < LEAST_SHARED * Math.max(before.length, after.length)) return whole;
  return [marked(old, inOld), marked(fresh, inFresh)];
}

function split(line: string): string[] {
  return line.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

/** Indexes of the longest common subsequence, in both. */
function shared(old: readonly string[], fresh: readonly string[]): [Set<number>, Set<number>] {
  const width = fresh.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      lengths[i * width + j] = old[i] === fresh[j]
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const [inOld, inFresh] = [new Set<number>(), new Set<number>()];
  for (let i = 0, j = 0; i < old.length && j < fresh.length;) {
    if (old[i] === fresh[j]) {
      inOld.add(i++);
      inFresh.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return [inOld, inFresh];
}

function marked(words: readonly string[], known: ReadonlySet<number>): Word[] {
  const parts: Word[] = [];
  for (const [index, text] of words.entries()) {
    const differs = !known.has(index);
    const last = parts.at(-1);
    if (last?.differs === differs) parts[parts.length - 1] = { text: last.text + text, differs };
    else parts.push({ text, differs });
  }
  return parts;
}
