/**
 * This module on a server over TCP.
 *
 * @module
 */
import { onServer } from "../server_contender.ts";

/** This module, connected. */
export const contender = onServer("ws://127.0.0.1:0");
