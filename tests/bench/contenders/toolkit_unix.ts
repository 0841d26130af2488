/**
 * This module on a server over a Unix socket.
 *
 * @module
 */
import { onServer } from "../server_contender.ts";

/** This module, connected. */
export const contender = onServer(undefined);
