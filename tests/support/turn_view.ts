/**
 * Turns as they are shown, from events that have only the facts a test is about.
 *
 * @module
 */
import { TurnView } from "../../src/display/mod.ts";
import type { TurnEvent } from "../../src/domain/events.ts";

/** An event with as many of its facts as a test needs. */
export interface PartialEvent {
  method: string;
  params?: unknown;
  unknown?: boolean;
}

/** The view after these events. */
export function viewOf(events: Iterable<PartialEvent>): TurnView {
  const view = new TurnView();
  for (const event of events) show(view, event);
  return view;
}

/** Shows one more event. */
export function show(view: TurnView, event: PartialEvent): void {
  view.accept(event as TurnEvent);
}
