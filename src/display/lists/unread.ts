/**
 * Lists that are fetched page by page, and runs over many inputs, before they are iterated.
 *
 * @module
 */
import { asRecord } from "../../json.ts";
import type { MimeBundle } from "../bundle.ts";
import { renderFacts } from "../facts.ts";
import { minute } from "../result.ts";
import { renderTable } from "../table.ts";
import { count } from "../text/escape.ts";

/** The first page of a list, with how to read the rest. */
export function renderPage(
  page: { readonly data: readonly unknown[]; readonly nextCursor: string | null },
): MimeBundle {
  const rows = page.data.map((entry) => Object.entries(asRecord(entry)).filter(isPlain));
  const columns = [...new Set(rows.flatMap((row) => row.map(([name]) => name)))];
  const more = page.nextCursor === null ? "" : " and more; read all with for await";
  return renderTable({
    title: `List of ${count(page.data.length, "entry", "entries")}${more}`,
    columns,
    rows: rows.map((row) => {
      const values = new Map(row);
      return columns.map((name) => cellOf(values.get(name)));
    }),
  });
}

function isPlain([, value]: [string, unknown]): boolean {
  return value === null || typeof value !== "object" || value instanceof Date;
}

function cellOf(value: unknown): string {
  if (value instanceof Date) return minute(value);
  return value === null || value === undefined ? "" : String(value);
}

/** A run: how far it is, and how to get its results. */
export function renderMapRun(
  { progress, concurrency }: {
    readonly concurrency: number;
    readonly progress: {
      readonly done: number;
      readonly failed: number;
      readonly total: number | null;
    };
  },
): MimeBundle {
  const { done, failed, total } = progress;
  return renderFacts("Run over many inputs", {
    done: total === null ? String(done) : `${done} of ${total}`,
    failed,
    concurrency,
    "to get the results": "await run.collect(), or for await (const result of run)",
  });
}
