/**
 * Start and end of a turn, read in spite of fields that differ from the protocol.
 *
 * @module
 */
import { type ProtocolIssue, validateNotification } from "../protocol/mod.ts";

/** Notifications that mark the start and the end of a turn. */
const NEEDED: ReadonlySet<string> = new Set(["turn/started", "turn/completed"]);

/**
 * The params with each unreadable field of the turn replaced by `null`, or by an empty list of
 * items; `null` when the turn's id or status is not readable, or for any other method.
 */
export function readableTurn(
  method: string,
  params: unknown,
  issues: readonly ProtocolIssue[],
): unknown {
  if (!NEEDED.has(method) || !isRecord(params) || !isRecord(params.turn)) return null;
  const turn: Record<string, unknown> = { ...params.turn };
  for (const { path } of issues) {
    const field = /^turn\.(\w+)/.exec(path)?.[1];
    if (field === undefined || field === "id" || field === "status") return null;
    if (field === "items") turn.items = [];
    else if (field === "itemsView") delete turn.itemsView;
    else turn[field] = null;
  }
  const readable = { ...params, turn };
  return validateNotification(method, readable) ? null : readable;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
