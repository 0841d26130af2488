/**
 * The check of every options object: without type checking, as in a notebook, a misspelled option
 * would otherwise be ignored.
 *
 * @module
 */

/**
 * The names of an options interface. Written as `{ … } satisfies OptionNames<T>`, the compiler
 * keeps the table in step with the type: no name may be missing, and none may be too many.
 */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/** Names of options that every call takes. */
export const CALL_SIGNAL = { signal: true } as const;

/**
 * Checks that options are an object without unknown names, and that `signal` is one. `action`
 * follows "Cannot", such as `start a thread`. Absent options are valid.
 *
 * @throws {TypeError} otherwise; for a misspelled name the message suggests the right one.
 */
export function checkOptions(
  action: string,
  options: unknown,
  names: Readonly<Record<string, true>>,
): void {
  if (options === undefined) return;
  if (!isPlainObject(options)) {
    throw new TypeError(
      `Cannot ${action}: its options are ${described(options)}. Pass an object, or leave them out`,
    );
  }
  const known = Object.keys(names);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const next = near === null ? `The options are ${known.sort().join(", ")}` : `Use ${near}`;
    throw new TypeError(
      `Cannot ${action}: there is no option ${JSON.stringify(unknown)}. ${next}`,
    );
  }
  const { signal } = options;
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(
    `Cannot ${action}: signal is ${described(signal)}. Pass an AbortSignal, such as that of an ` +
      "AbortController",
  );
}

/** The signal of options that have only this field; {@linkcode checkOptions} for them. */
export function signalOf(
  action: string,
  options: { readonly signal?: AbortSignal } | undefined,
): AbortSignal | undefined {
  checkOptions(action, options, CALL_SIGNAL);
  return options?.signal;
}

/** Options may be an instance of a class, but not a list, a function or another built-in thing. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    Object.prototype.toString.call(value) === "[object Object]";
}

function described(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === "Object" ? "an object of another kind" : `of the type ${tag}`;
}

/** The known name most similar to an unknown one; `null` when none is similar. */
export function nearest(name: string, known: readonly string[]): string | null {
  const distances = known.map((other) => ({ other, distance: distance(plain(name), plain(other)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = distances;
  if (!best) return null;
  const isLike = best.distance <= Math.max(1, Math.floor(best.other.length / 4)) ||
    best.other.length > 2 && (plain(name).startsWith(plain(best.other)) ||
        plain(best.other).startsWith(plain(name)) && name.length > 2);
  return isLike ? best.other : null;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, "");
}

const MAX_NAME = 64;

/** The edit distance: letters inserted, removed, replaced, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  if (a.length > MAX_NAME || b.length > MAX_NAME) return Infinity;
  let [before, last]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(before, j - 2) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
