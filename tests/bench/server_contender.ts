/**
 * This module on a server, which is started once for all sessions.
 *
 * @module
 */
import { Codex } from "../../mod.ts";
import { type Server, startServer } from "../../src/runtime/mod.ts";
import { CuttableLink } from "../support/cuttable_link.ts";
import type { Contender, Place } from "./contender.ts";
import { sessionOn } from "./contenders/toolkit.ts";

/** The module on a server that listens there, by default on a Unix socket. */
export function onServer(listen: string | undefined): Contender {
  let starting: Promise<Server> | null = null;
  const server = ({ env, cwd }: Place): Promise<Server> =>
    starting ??= startServer({ listen, env, clearEnv: true, cwd });
  let link: BreakableLink | null = null;
  return {
    answersOnOpen: true,
    ephemeral: true,
    opensThreads: true,
    manyAtOnce: true,
    async open(place) {
      const { address, token } = await server(place);
      return sessionOn(await Codex.connect(address, { token }));
    },
    async reconnect(place) {
      link ??= await BreakableLink.to(await server(place));
      return await link.timeReconnection();
    },
    async end() {
      await link?.close();
      await (await starting)?.stop();
    },
  };
}

/** A client with an open thread on a link that is broken again and again. */
class BreakableLink {
  #onOpen: () => void = () => {};

  private constructor(readonly link: CuttableLink, readonly codex: Codex) {}

  static async to({ address, token }: Server): Promise<BreakableLink> {
    const link = new CuttableLink(address);
    let breakable: BreakableLink | null = null;
    const onRestart = (): void => breakable?.opened();
    const codex = await Codex.connect(link.address, { token, onRestart });
    breakable = new BreakableLink(link, codex);
    await (await codex.startThread()).run("5 deltas");
    return breakable;
  }

  opened(): void {
    this.#onOpen();
  }

  async timeReconnection(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onOpen = resolve;
    const startedAt = performance.now();
    this.link.blink();
    await promise;
    return performance.now() - startedAt;
  }

  async close(): Promise<void> {
    await this.codex.close();
    this.link[Symbol.dispose]();
  }
}
