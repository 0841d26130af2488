/**
 * Runtimes that a session starts one after the other, each a {@linkcode ScriptedServer}.
 *
 * @module
 */
import { AppServerClient } from "../../src/client/app_server_client.ts";
import type { OpenConnection } from "../../src/codex/session/connection.ts";
import { createTransportPair } from "../../src/rpc/mod.ts";
import { RUNTIME_VERSION } from "../../mod.ts";
import { ScriptedServer } from "./scripted_server.ts";

/** Keeps every runtime that was started. */
export class ScriptedRuntimes {
  /** The runtimes, the first one first. */
  readonly servers: ScriptedServer[] = [];
  readonly #prepare: (server: ScriptedServer, start: number) => void;

  /** `prepare` gets each runtime before its handshake, with the number of the start from 1 on. */
  constructor(prepare: (server: ScriptedServer, start: number) => void = () => {}) {
    this.#prepare = prepare;
  }

  /** How many were started. */
  get starts(): number {
    return this.servers.length;
  }

  /** The one that was started last. */
  get last(): ScriptedServer {
    const server = this.servers.at(-1);
    if (!server) throw new Error("no runtime was started");
    return server;
  }

  /** Starts one. */
  readonly open: OpenConnection = async (onServerRequest, signal) => {
    const [transport, end] = createTransportPair();
    const server = ScriptedServer.serve(end);
    this.servers.push(server);
    this.#prepare(server, this.starts);
    const client = await AppServerClient.connect(transport, { onServerRequest, signal });
    return { client, runtime: RUNTIME, processId: null };
  };
}

const RUNTIME = {
  executable: "/scripted",
  version: RUNTIME_VERSION,
  source: "executable",
  digest: null,
  platform: "linux-x64",
  pathEntries: [],
} as const;
