/**
 * Facts of a runtime: before it is started, while it is being installed, and at the
 * other end of a connection.
 *
 * @module
 */

/** A runtime that can be started. */
export interface RuntimeInfo {
  /** Absolute path of the binary. */
  readonly executable: string;
  /** Its release, or `null` for a binary the caller named: only the running process reports it. */
  readonly version: string | null;
  /**
   * `pinned`: the release this module is made for, verified by digest. `chosen`: another published
   * release, by version. `executable`: the caller's own program.
   */
  readonly source: "pinned" | "chosen" | "executable";
  /**
   * SHA-256 over all programs and libraries of the installed package, in hexadecimal digits: what
   * `runtimeDigest` of {@linkcode Codex.start} takes to use this release on this platform.
   * `null` for the caller's own program.
   */
  readonly digest: string | null;
  /** Platform in npm's words, such as `linux-x64`. */
  readonly platform: string;
  /** Directories to put at the front of the runtime's PATH, in this order. */
  readonly pathEntries: readonly string[];
}

/** One report of an installation, about two a second while it downloads. */
export interface RuntimeProgress {
  /**
   * What is being done. The phases come in this order; `download` only when it takes a while.
   */
  readonly phase: "locate" | "download" | "verify" | "ready";
  /** Release that is being installed. */
  readonly version: string;
  /**
   * Size of the whole download, approximate for a release other than the pinned one. How much has
   * arrived is unknown, because Deno does not report it.
   */
  readonly expectedBytes: number;
  /** Time since the installation began. */
  readonly elapsedMs: number;
}

/** Receives the steps of an installation. An error it throws does not change the installation. */
export type ProgressHandler = (progress: RuntimeProgress) => void;

/** What the server reports in the handshake. */
export interface ServerInfo {
  /** Product name. */
  readonly name: string;
  /** Version of the runtime, as it reports it. */
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
