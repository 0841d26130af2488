/**
 * Lists the runtime gives in pages, as one sequence.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../options_check.ts";
import { displayable } from "../display/displayable.ts";
import type { Page } from "../domain/thread_summary.ts";
import type { CallSignal } from "../domain/call_signal.ts";

/** Which page to get. */
export interface PageOptions extends CallSignal {
  /** `nextCursor` of the page before. Default: the first page. */
  readonly cursor?: string | null;
}

const PAGE_OPTIONS = { ...CALL_SIGNAL, cursor: true } as const satisfies OptionNames<PageOptions>;

/** How a list gets a page. */
export type PageFetcher<T> = (
  cursor: string | null,
  signal: AbortSignal | undefined,
) => Promise<Page<T>>;

/**
 * A list without visible pages: iterate it, or take one page.
 *
 * Each iteration starts at the first page and fetches the next one only when it reaches it.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * await (await codex.startThread()).run("Hello");
 * for await (const { id, preview } of codex.listThreads()) console.log(id, preview);
 * ```
 */
export class PagedList<T> implements AsyncIterable<T> {
  readonly #fetch: PageFetcher<T>;
  readonly #keyOf: (entry: T) => string;
  readonly #signal: AbortSignal | undefined;
  readonly #show: ((page: Page<T>) => Page<T>) | undefined;

  /** `keyOf` identifies an entry: the runtime may list one twice. `show` renders a page. */
  constructor(
    fetch: PageFetcher<T>,
    keyOf: (entry: T) => string,
    signal?: AbortSignal,
    show?: (page: Page<T>) => Page<T>,
  ) {
    this.#fetch = fetch;
    this.#keyOf = keyOf;
    this.#signal = signal;
    this.#show = show;
  }

  /** One page; an entry that is on it twice is there once. */
  async page(options: PageOptions = {}): Promise<Page<T>> {
    checkOptions("get a page", options, PAGE_OPTIONS);
    const { data, nextCursor } = await this.#fetch(
      options.cursor ?? null,
      options.signal ?? this.#signal,
    );
    const entries = new Map<string, T>();
    for (const entry of data) {
      const key = this.#keyOf(entry);
      if (!entries.has(key)) entries.set(key, entry);
    }
    const page = { data: [...entries.values()], nextCursor };
    return this.#show ? this.#show(page) : page;
  }

  /** All entries, each once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.page({ cursor });
      for (const entry of page.data) {
        const key = this.#keyOf(entry);
        if (seen.has(key)) continue;
        seen.add(key);
        yield entry;
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}

displayable(PagedList.prototype, "page", (list) => list.page());
