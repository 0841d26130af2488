/**
 * This module, used as its documentation says.
 *
 * @module
 */
import { Codex } from "../../../mod.ts";
import type { Contender } from "../contender.ts";
import { replayTurns } from "../replay.ts";

/** This module. */
export const contender: Contender = {
  answersOnOpen: true,
  ephemeral: true,
  opensThreads: true,
  manyAtOnce: true,
  async open({ env, cwd }) {
    // No executable: that the runtime is looked for is part of the start.
    const codex = await Codex.start({ cwd, env, clearEnv: true });
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
      close: () => codex.close(),
    };
  },
  replay: replayTurns,
};
