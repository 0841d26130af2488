/**
 * Stored threads and turns, as data.
 *
 * @module
 */
import { dateOrNull } from "../json.ts";
import type { OptionNames } from "../options_check.ts";
import { type TurnErrorInfo, turnErrorInfo } from "./turn_error.ts";
import type {
  ReasoningEffort,
  Thread as WireThread,
  ThreadItem,
  ThreadListParams,
  ThreadSortKey,
  ThreadSourceKind,
  Turn as WireTurn,
} from "../protocol/mod.ts";

/** One thread of a list. */
export interface ThreadSummary {
  /** Id of the thread. */
  readonly id: string;
  /** Name given with `rename`, or `null`. */
  readonly name: string | null;
  /** Beginning of the first user message; empty before the first turn. */
  readonly preview: string;
  /** Working directory. */
  readonly cwd: string;
  /** Model of the last turn, or `null` when the runtime does not say. */
  readonly model: string | null;
  /** Provider of the model. */
  readonly modelProvider: string;
  /** Effort of the last turn, or `null`. */
  readonly effort: ReasoningEffort | null;
  /** Whether the thread is loaded, and whether it works. */
  readonly status:
    | "notLoaded"
    | "idle"
    | "active"
    | "systemError"
    | (string & Record<never, never>);
  /** Whether it is kept in memory only. */
  readonly ephemeral: boolean;
  /** Thread it was forked from, or `null`. */
  readonly forkedFromId: string | null;
  /** When it was made. */
  readonly createdAt: Date;
  /** When it changed last. */
  readonly updatedAt: Date;
}

/** One page of a list. */
export interface Page<T> {
  /** The entries, in the list's order. */
  readonly data: readonly T[];
  /** Pass it to get the next page; `null` at the end. */
  readonly nextCursor: string | null;
}

/** A thread as it is stored. */
export interface ThreadSnapshot extends ThreadSummary {
  /** Its turns from first to last, or `null` when they were not asked for. */
  readonly turns: readonly TurnSnapshot[] | null;
}

/** A turn as it is stored. */
export interface TurnSnapshot {
  /** Id of the turn. */
  readonly id: string;
  /** How it ended, or `inProgress`. */
  readonly status:
    | "completed"
    | "interrupted"
    | "failed"
    | "inProgress"
    | (string & Record<never, never>);
  /** Its items in order. */
  readonly items: readonly ThreadItem[];
  /** Why it failed, or `null`. */
  readonly error: TurnErrorInfo | null;
  /** When it started, or `null`. */
  readonly startedAt: Date | null;
  /** When it ended, or `null`. */
  readonly completedAt: Date | null;
  /** How long it took, in milliseconds, or `null`. */
  readonly durationMs: number | null;
}

/** Which threads to list, and in what order. Every field is optional. */
export interface ThreadFilter {
  /** Archived ones instead of the others. Default `false`. */
  readonly archived?: boolean;
  /** Only threads of these working directories. */
  readonly cwd?: string | readonly string[];
  /** Only threads whose name or preview contains this text; upper and lower case differ. */
  readonly search?: string;
  /** Only threads made by these kinds of program. */
  readonly sources?: readonly ThreadSourceKind[];
  /** Only threads of these model providers. Default: the configured one. */
  readonly modelProviders?: readonly string[];
  /**
   * Order by; `recencyAt` is when the runtime counts the thread as last used. Default `createdAt`.
   */
  readonly sortBy?: "createdAt" | "updatedAt" | "recencyAt";
  /** Direction of the order. Default `desc`, newest first. */
  readonly order?: "asc" | "desc";
  /** Entries fetched at a time, 1 to 500. Default 100. */
  readonly pageSize?: number;
  /**
   * Read the runtime's index alone, which is faster, and not the stored threads themselves: one
   * that another program has written just now may be missing. Default `false`.
   */
  readonly indexOnly?: boolean;
}

/** Names of {@linkcode ThreadFilter}. */
export const THREAD_FILTER = {
  archived: true,
  cwd: true,
  search: true,
  sources: true,
  modelProviders: true,
  sortBy: true,
  order: true,
  pageSize: true,
  indexOnly: true,
} as const satisfies OptionNames<ThreadFilter>;

const SORT_KEYS = {
  createdAt: "created_at",
  updatedAt: "updated_at",
  recencyAt: "recency_at",
} as const satisfies Record<string, ThreadSortKey>;

/** The filter as the protocol has it. */
export function toListParams(filter: ThreadFilter, cursor: string | null): ThreadListParams {
  const { pageSize = 100, sortBy = "createdAt" } = filter;
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 500) {
    throw new RangeError(
      `Cannot list threads: pageSize is ${pageSize}. Pass an integer from 1 to 500`,
    );
  }
  if (!Object.hasOwn(SORT_KEYS, sortBy)) {
    throw new TypeError(
      `Cannot list threads: there is no sortBy ${JSON.stringify(sortBy)}. ` +
        `Use one of ${Object.keys(SORT_KEYS).join(", ")}`,
    );
  }
  return {
    cursor,
    limit: pageSize,
    archived: filter.archived ?? null,
    cwd: typeof filter.cwd === "string" || !filter.cwd ? filter.cwd ?? null : [...filter.cwd],
    searchTerm: filter.search ?? null,
    useStateDbOnly: filter.indexOnly,
    sourceKinds: filter.sources ? [...filter.sources] : null,
    modelProviders: filter.modelProviders ? [...filter.modelProviders] : null,
    sortKey: SORT_KEYS[sortBy],
    sortDirection: filter.order ?? "desc",
  };
}

/** The runtime's thread under friendly names. */
export function toThreadSummary(thread: WireThread): ThreadSummary {
  return {
    id: thread.id,
    name: thread.name ?? null,
    preview: thread.preview,
    cwd: thread.cwd,
    model: thread.model ?? null,
    modelProvider: thread.modelProvider,
    effort: thread.reasoningEffort ?? null,
    status: thread.status.type,
    ephemeral: thread.ephemeral,
    forkedFromId: thread.forkedFromId ?? null,
    createdAt: new Date(thread.createdAt * 1000),
    updatedAt: new Date(thread.updatedAt * 1000),
  };
}

/** The runtime's turn under friendly names. */
export function toTurnSnapshot(turn: WireTurn): TurnSnapshot {
  return {
    id: turn.id,
    status: turn.status,
    items: turn.items,
    error: turn.error ? turnErrorInfo(turn.error) : null,
    startedAt: dateOrNull(turn.startedAt),
    completedAt: dateOrNull(turn.completedAt),
    durationMs: turn.durationMs ?? null,
  };
}
