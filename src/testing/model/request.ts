/**
 * A request of the runtime to the offline model.
 *
 * @module
 */
import { isObject, type JsonObject, stringOrNull } from "../../json.ts";

/** Why the runtime asks. Other words are possible: they are the runtime's own. */
export type ModelRequestKind =
  | "turn"
  | "compaction"
  | "review"
  | "guardian"
  | (string & Record<never, never>);

/**
 * How the exchange ended: all of the reply sent, the runtime closed the stream, or the model was
 * closed.
 */
export type ModelRequestOutcome = "sent" | "cancelled" | "closed";

/** One tool result that the runtime handed to the model. */
export interface ReceivedToolOutput {
  /** Id of the call. */
  readonly callId: string;
  /** The text of the output; images are left out. */
  readonly text: string;
  /** The output as the Responses API has it: a string or a list of content parts. */
  readonly output: unknown;
}

/**
 * A captured request of the runtime.
 *
 * @example What an agent really sends
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ developerInstructions: "Answer in French." });
 * await thread.run("Good morning");
 * const request = codex.model.requests.at(-1)!;
 * console.log(request.model, request.lastUserText); // offline-model Good morning
 * console.log(request.developerTexts().includes("Answer in French.")); // true
 * ```
 */
export class ModelRequest {
  /** Position in `model.requests`. */
  readonly index: number;
  /** HTTP method, always `POST`. */
  readonly method: string;
  /** Path of the URL, such as `/v1/responses`. */
  readonly path: string;
  /** The parsed body. Dates, ids and paths are in it, so assert on parts, not on the whole. */
  readonly body: JsonObject;
  /** HTTP headers, `authorization` included. */
  readonly headers: Headers;
  /** Thread of the request; a review or a sub-agent has a separate thread. */
  readonly threadId: string | null;
  /** Turn that asks; every request of one turn has the same. */
  readonly turnId: string | null;
  /** Why the runtime asks. */
  readonly kind: ModelRequestKind;
  /**
   * Resolves, never rejects, when the exchange is over. `cancelled` is what an interrupt or a steer
   * does; it is seen at once in a stream, but not while a reply function has yet to answer.
   */
  readonly outcome: Promise<ModelRequestOutcome>;

  /** @ignore The model makes these. */
  constructor(
    index: number,
    http: { readonly method: string; readonly url: string; readonly headers: HeadersInit },
    body: JsonObject,
    outcome: Promise<ModelRequestOutcome>,
  ) {
    const headers = new Headers(http.headers);
    const metadata = parseObject(headers.get("x-codex-turn-metadata"));
    this.index = index;
    this.method = http.method;
    this.path = new URL(http.url).pathname;
    this.headers = headers;
    this.body = body;
    this.outcome = outcome;
    this.threadId = headers.get("thread-id");
    this.turnId = stringOrNull(metadata.turn_id);
    this.kind = headers.get("x-openai-subagent") ?? stringOrNull(metadata.request_kind) ?? "turn";
  }

  /** Model id asked for. */
  get model(): string {
    return stringOrNull(this.body.model) ?? "";
  }

  /** Reasoning effort asked for, or `null` when the request does not say. */
  get effort(): string | null {
    return stringOrNull(objectOf(this.body.reasoning).effort);
  }

  /** JSON Schema the answer must follow, or `null`. */
  get outputSchema(): JsonObject | null {
    const schema = objectOf(objectOf(this.body.text).format).schema;
    return isObject(schema) ? schema : null;
  }

  /** The conversation so far, in the words of the Responses API. */
  get input(): readonly JsonObject[] {
    return objectsOf(this.body.input);
  }

  /**
   * All texts of user messages, in order, the runtime's own context (environment, skills) included.
   */
  userTexts(): string[] {
    return this.#texts("user");
  }

  /** The user's last text, without the runtime's own context; `null` when there is nothing. */
  get lastUserText(): string | null {
    return this.userTexts().findLast((text) => !isContext(text)) ?? null;
  }

  /** All texts of developer messages, in order: instructions, skills, permissions. */
  developerTexts(): string[] {
    return this.#texts("developer");
  }

  /** All texts of earlier assistant messages, in order. */
  assistantTexts(): string[] {
    return this.#texts("assistant");
  }

  /** URLs of all images of user messages, in order; local images are `data:` URLs by now. */
  inputImages(): string[] {
    return this.#content("user")
      .filter((part) => part.type === "input_image")
      .map((part) => stringOrNull(part.image_url) ?? stringOrNull(part.file_id) ?? "");
  }

  /** Names of the tools on offer; a tool of a namespace is `namespace.name`. */
  toolNames(): string[] {
    return objectsOf(this.body.tools).flatMap((tool) => {
      const name = stringOrNull(tool.name) ?? stringOrNull(tool.type) ?? "";
      if (tool.type !== "namespace") return [name];
      return objectsOf(tool.tools).map((inner) => `${name}.${stringOrNull(inner.name) ?? ""}`);
    });
  }

  /** Outputs of all tool calls of the conversation, in order. */
  toolOutputs(): ReceivedToolOutput[] {
    return this.input
      .filter((item) => stringOrNull(item.type)?.endsWith("_call_output"))
      .map((item) => ({
        callId: stringOrNull(item.call_id) ?? "",
        text: textOf(item.output),
        output: item.output,
      }));
  }

  /** The output of one tool call, or `undefined` when the conversation lacks it. */
  toolOutput(callId: string): ReceivedToolOutput | undefined {
    return this.toolOutputs().find((output) => output.callId === callId);
  }

  #texts(role: string): string[] {
    return this.#content(role).flatMap((part) => stringOrNull(part.text) ?? []);
  }

  #content(role: string): JsonObject[] {
    return this.input
      .filter((item) => item.role === role)
      .flatMap((item) =>
        typeof item.content === "string"
          ? [{ type: "input_text", text: item.content }]
          : objectsOf(item.content)
      );
  }
}

// Parts of user messages that the runtime writes itself (0.169.0).
const CONTEXT =
  /^(<(environment_context|user_instructions|skill|turn_aborted|codex_internal_context|image|subagent_notification)\b|<\/image>|# AGENTS\.md instructions)/;

function isContext(text: string): boolean {
  return CONTEXT.test(text.trimStart());
}

function textOf(output: unknown): string {
  if (typeof output === "string") return output;
  return objectsOf(output).flatMap((part) => stringOrNull(part.text) ?? []).join("");
}

function parseObject(text: string | null): JsonObject {
  try {
    return objectOf(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
