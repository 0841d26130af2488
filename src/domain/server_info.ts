/**
 * The server at the other end of a connection.
 *
 * @module
 */
import type { RuntimeInfo } from "./runtime_info.ts";

/** Who answers at the other end. */
export interface ServerInfo {
  /** Product name. */
  readonly name: string;
  /** Version of the runtime, as it tells it itself. */
  readonly version: string;
  /** Full text sent to the model service as `user-agent`. */
  readonly userAgent: string;
  /** Directory of the runtime's configuration, sessions and login. */
  readonly codexHome: string;
  /** Platform the runtime runs on, such as `unix/linux`. */
  readonly platform: string;
  /** `offline model` or another label of the model service; `null` for the live one. */
  readonly label: string | null;
  /** Executable and where it came from; `null` when attached to a foreign transport. */
  readonly runtime: RuntimeInfo | null;
  /** Process id of the runtime; `null` when attached to a foreign transport. */
  readonly processId: number | null;
}
