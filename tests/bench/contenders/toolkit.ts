/**
 * This module, used as its documentation says.
 *
 * @module
 */
import { Codex } from "../../../mod.ts";
import type { Contender, Session } from "../contender.ts";
import { replayTurns } from "../replay.ts";

/** This module. */
export const contender: Contender = {
  answersOnOpen: true,
  ephemeral: true,
  opensThreads: true,
  manyAtOnce: true,
  async open({ env, cwd }) {
    // No executable: that the runtime is looked for is part of the start.
    return sessionOn(await Codex.start({ cwd, env, clearEnv: true }));
  },
  replay: replayTurns,
};

/** The work of a contender on any Codex. */
export function sessionOn(codex: Codex): Session {
  return {
    async startThread(options) {
      const thread = await codex.startThread(options);
      return {
        async run(text, onDelta) {
          const turn = await thread.startTurn(text);
          for await (const event of turn) {
            if (event.method === "item/agentMessage/delta") onDelta();
          }
          return (await turn.result()).finalResponse ?? "";
        },
      };
    },
    async map(texts, concurrency) {
      const run = codex.map(
        texts,
        async (text, { thread, signal }) => (await thread.run(text, { signal })).finalResponse,
        { concurrency },
      );
      let answers = 0;
      for await (const result of run) if (result.status === "completed") answers++;
      return answers;
    },
    close: () => codex.close(),
  };
}
