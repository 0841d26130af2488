/**
 * The logs of programs.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { withoutControls } from "./plain_text.ts";

/** The log of a program without control sequences, so that no part of it overwrites another. */
export function logText(log: string): string {
  const lines = log.toWellFormed().replace(/\r\n?/g, "\n");
  return withoutControls(stripVTControlCharacters(lines));
}
