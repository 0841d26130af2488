/**
 * A thread: what was said, and what runs now.
 *
 * @module
 */
import { asRecord } from "../../json.ts";
import type { Thread } from "../../codex/thread.ts";
import { displayable } from "../../display/displayable.ts";
import { renderSnapshot, TurnView } from "../../display/mod.ts";
import type { ServerEvent, TurnEvent } from "../../domain/events.ts";
import type { ThreadSnapshot, TurnSnapshot } from "../../domain/thread_summary.ts";
import { stopSignal } from "../../stop.ts";
import { showBundle } from "./value.ts";
import { openScreen } from "./watch.ts";

/**
 * Shows the turns that have ended, then the one that runs until it ends. Stop ends the watching,
 * not the turn.
 */
export async function showConversation(thread: Thread): Promise<ThreadSnapshot> {
  const signal = stopSignal();
  // Read from here on, or the end of the turn could come between the snapshot and the reading.
  const events = thread.events({ signal });
  try {
    const snapshot = await thread.read({ includeTurns: true, signal });
    const running = snapshot.turns?.find(({ status }) => status === "inProgress");
    const ended = snapshot.turns?.filter((turn) => turn !== running) ?? null;
    await showBundle(await renderSnapshot({ ...snapshot, turns: ended }));
    if (running) await follow(running, events);
    return displayable(snapshot, "shownThread");
  } finally {
    await events.return?.();
  }
}

async function follow(
  turn: TurnSnapshot,
  events: AsyncIterableIterator<ServerEvent, void>,
): Promise<void> {
  const view = new TurnView();
  for (const item of turn.items) view.acceptItem(item);
  const screen = await openScreen(view, {});
  try {
    for await (const event of events) {
      if (turnIdOf(event) !== turn.id) continue;
      view.accept(event as TurnEvent);
      screen.changed();
      if (event.method === "turn/completed") return;
    }
  } finally {
    if (view.status === "running") view.end("no longer watched");
    await screen.end();
  }
}

function turnIdOf({ params }: ServerEvent): unknown {
  const { turnId, turn } = asRecord(params);
  return turnId ?? asRecord(turn).id;
}
