/**
 * The official TypeScript SDK: a process for each turn; no deltas.
 *
 * @module
 */
import type { Contender } from "../contender.ts";

/** In a variable, so that no type check or test run downloads the runtime that comes with it. */
export const PACKAGE = "npm:@openai/codex-sdk@0.163.0";

/** What is used of it. */
interface Sdk {
  readonly Codex: new (options: { codexPathOverride: string; env: Record<string, string> }) => {
    startThread(options: { workingDirectory: string; skipGitRepoCheck: boolean }): {
      run(text: string): Promise<{ finalResponse: string }>;
    };
  };
}

/** The official SDK. */
export const contender: Contender = {
  async open({ executable, env, cwd }) {
    const { Codex }: Sdk = await import(PACKAGE);
    const codex = new Codex({ codexPathOverride: executable, env: { ...env } });
    return {
      startThread() {
        const thread = codex.startThread({ workingDirectory: cwd, skipGitRepoCheck: true });
        return Promise.resolve({
          run: async (text: string) => (await thread.run(text)).finalResponse,
        });
      },
      close: () => Promise.resolve(),
    };
  },
};
