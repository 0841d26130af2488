/**
 * A provider for the AI SDK that speaks to the app-server, used without the AI SDK's own layer above it.
 *
 * @module
 */
import { OFFLINE_MODEL } from "../../../src/testing/model/catalog.ts";
import type { Contender } from "../contender.ts";

/** In a variable, as with the official SDK. */
export const PACKAGE = "npm:ai-sdk-provider-codex-app-server@1.1.7";

interface Settings {
  readonly codexPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

interface LanguageModel {
  doStream(options: { prompt: unknown }): Promise<{
    stream: ReadableStream<{ readonly type: string; readonly delta?: string }>;
  }>;
  dispose(): void;
}

/** What is used of it. */
interface Provider {
  createCodexAppServer(): (model: string, settings: Settings) => LanguageModel;
}

/** The provider: a model has one process and, as it is here, one thread. */
export const contender: Contender = {
  async open({ executable, env, cwd }) {
    const { createCodexAppServer }: Provider = await import(PACKAGE);
    const provider = createCodexAppServer();
    const models: LanguageModel[] = [];
    return {
      startThread() {
        const model = provider(OFFLINE_MODEL, { codexPath: executable, env, cwd });
        models.push(model);
        return Promise.resolve({ run: (text, onDelta) => runTurn(model, text, onDelta) });
      },
      close() {
        for (const model of models) model.dispose();
        return Promise.resolve();
      },
    };
  },
};

async function runTurn(model: LanguageModel, text: string, onDelta: () => void): Promise<string> {
  const prompt = [{ role: "user", content: [{ type: "text", text }] }];
  const { stream } = await model.doStream({ prompt });
  let answer = "";
  for await (const part of stream) {
    if (part.type !== "text-delta") continue;
    onDelta();
    answer += part.delta;
  }
  return answer;
}
