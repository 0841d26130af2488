import { describe, expect, it } from "vitest";
import {
  BudgetExceededError,
  CheckpointError,
  CodexError,
  ConnectError,
  ConnectorPackageError,
  JsonRpcError,
  KernelDiedError,
  MessageTooLargeError,
  NotLoggedInError,
  nullIfRefused,
  OutputValidationError,
  ParseError,
  ProtocolError,
  RequestTimeoutError,
  RetryLimitExceededError,
  RuntimeSetupError,
  ServerBusyError,
  ThreadBusyError,
  ThreadClosedError,
  TransportClosedError,
  TurnFailedError,
  UnkeptOutputError,
} from "../../src/errors/mod.ts";

const CAUSE = new Error("beneath");
const LOGIN = { provider: "openai", loginCommand: "codex login" };
const WAYS = "Call codex.loginWithApiKey(key) or codex.loginWithChatGpt(), start with " +
  "Codex.start({ apiKey }), or run once: codex login";
const RESULT = { turnId: "u", status: "completed" } as never;
const ITEMS = [{ type: "agentMessage", id: "m", text: "Half" }] as never[];
const BUDGET = { threadId: "t", turnId: "u", allowed: 5, used: 6.4, items: ITEMS };
const TOO_LARGE = {
  action: "turn/start",
  bytes: 3 * 2 ** 19,
  maxBytes: 2 ** 20,
  part: "params.input",
  partBytes: 2 ** 20 + 52_429,
  what: "a string",
};
const issue = (...path: (string | number)[]) => ({ path, message: "Invalid" });
const invalid = (issues: ReturnType<typeof issue>[]) =>
  new OutputValidationError({ text: "7", issues, result: RESULT });

/** Each error, the text of its message, and its fields. */
const ERRORS: readonly [CodexError, message: string, fields: object][] = [
  [
    new NotLoggedInError("start", { reason: "missing", ...LOGIN }),
    `Cannot start: openai needs a login and there is none. ${WAYS}`,
    { reason: "missing", ...LOGIN, cause: undefined },
  ],
  [
    new NotLoggedInError("run", { reason: "refused", ...LOGIN, needsChatGpt: true, cause: CAUSE }),
    "Cannot run: openai refuses the login (HTTP 401). Call codex.loginWithChatGpt(), or run " +
    "once: codex login",
    { reason: "refused", cause: CAUSE },
  ],
  [
    new ThreadBusyError("t", "u"),
    "Cannot start a turn on thread t: turn u is still running. " +
    'Await its result, steer it, or pass whenBusy: "wait"',
    { threadId: "t", turnId: "u" },
  ],
  [
    new ThreadBusyError("t", null),
    "Cannot start a turn on thread t: turn (starting) is still running. " +
    'Await its result, steer it, or pass whenBusy: "wait"',
    { turnId: null },
  ],
  [
    new ThreadClosedError("t", { reason: "closed" }),
    "Cannot use thread t: it is closed. Open it again with codex.resumeThread, or start a new one",
    { threadId: "t", reason: "closed" },
  ],
  [
    new ThreadClosedError("t", { reason: "archived" }),
    "Cannot use thread t: it is archived. Open it again with codex.unarchiveThread",
    { reason: "archived" },
  ],
  [
    new ThreadClosedError("t", { reason: "deleted" }),
    "Cannot use thread t: it is deleted. Start a new one",
    { reason: "deleted" },
  ],
  [
    new ThreadClosedError("t", { reason: "unloaded" }),
    "Cannot use thread t: the runtime unloaded it. Open it again with codex.resumeThread",
    { reason: "unloaded" },
  ],
  [
    new ThreadClosedError("t", { reason: "lost", detail: "no file" }),
    "Cannot use thread t: it could not be opened again: no file. Start a new one",
    { reason: "lost" },
  ],
  [
    new BudgetExceededError({ ...BUDGET, limit: "steps" }),
    "Cannot complete turn u: the limit steps is 5 and 6 were used. Raise the limit or ask for less",
    { ...BUDGET, limit: "steps" },
  ],
  [
    new BudgetExceededError({ ...BUDGET, turnId: null, limit: "offlineMs" }),
    "Cannot start a turn on thread t: no connection to the model service for 6 ms. " +
    "Check the network and the proxy, or raise limits.offlineMs",
    { turnId: null, limit: "offlineMs" },
  ],
  [
    invalid([issue()]),
    "Cannot read the output of turn u: the answer does not fit the schema (the whole: Invalid). " +
    "Look at text, or set repair to ask for it again",
    { text: "7", issues: [issue()], result: RESULT, rejected: [] },
  ],
  [
    invalid([issue("a", 0), issue(), issue()]),
    "Cannot read the output of turn u: the answer does not fit the schema (a.0: Invalid; 2 more). " +
    "Look at text, or set repair to ask for it again",
    {},
  ],
  [
    invalid([]),
    "Cannot read the output of turn u: the answer does not fit the schema (no issue is named). " +
    "Look at text, or set repair to ask for it again",
    {},
  ],
  [
    new OutputValidationError({
      text: null,
      issues: [],
      result: { turnId: "u", status: "interrupted" } as never,
    }),
    "Cannot read the output of turn u: the turn was interrupted. Run it again",
    { text: null },
  ],
  [
    new ConnectError("Cannot connect", {
      address: "ws://h",
      reason: "forbidden",
      httpStatus: 403,
      cause: CAUSE,
    }),
    "Cannot connect",
    { address: "ws://h", reason: "forbidden", httpStatus: 403, cause: CAUSE },
  ],
  [
    new ConnectError("Cannot connect", { address: "ws://h", reason: "unreachable" }),
    "Cannot connect",
    { httpStatus: null, cause: undefined },
  ],
  [
    new MessageTooLargeError(TOO_LARGE),
    "Cannot send turn/start: the message has 1.5 MiB, and the server accepts 1.0 MiB. The largest " +
    "part is params.input, a string of 1.1 MiB. Make it smaller, or pass the path of a file",
    { bytes: 3 * 2 ** 19, maxBytes: 2 ** 20, part: "params.input", partBytes: 2 ** 20 + 52_429 },
  ],
  [
    new CheckpointError("Cannot use it", { path: "/c", reason: "write", cause: CAUSE }),
    "Cannot use it",
    { path: "/c", reason: "write", cause: CAUSE },
  ],
  [
    new UnkeptOutputError({ index: 3, place: "output.a", what: "a function", output: 7 }),
    "Cannot keep the output of row 3: output.a is a function. " +
    "Return plain data, or describe the output with a schema in the option output",
    { index: 3, place: "output.a", output: 7 },
  ],
  [
    new RuntimeSetupError("Cannot start", {
      step: "verify",
      version: "1",
      platform: "linux-x64",
      cause: CAUSE,
    }),
    "Cannot start",
    { step: "verify", version: "1", platform: "linux-x64", cause: CAUSE },
  ],
  [
    new TransportClosedError("Cannot go on"),
    "Cannot go on",
    { exitCode: null, signal: null, stderrTail: "", cause: undefined },
  ],
  [
    new TransportClosedError("Cannot go on", {
      exitCode: 3,
      signal: "SIGKILL",
      stderrTail: "last",
      cause: CAUSE,
    }),
    "Cannot go on",
    { exitCode: 3, signal: "SIGKILL", stderrTail: "last", cause: CAUSE },
  ],
  [
    new ProtocolError("m", [{ path: "", message: "no" }], ITEMS),
    "Cannot read the runtime's m message: the message: no. Check that the runtime is the pinned version",
    { method: "m", issues: [{ path: "", message: "no" }], items: ITEMS },
  ],
  [
    new ProtocolError("m", []),
    "Cannot read the runtime's m message: unexpected shape. Check that the runtime is the pinned version",
    { issues: [], items: [] },
  ],
  [
    new ProtocolError("m", Array.from({ length: 21 }, () => ({ path: "a", message: "no" }))),
    "Cannot read the runtime's m message: a: no. Check that the runtime is the pinned version",
    { issues: Array(20).fill({ path: "a", message: "no" }) },
  ],
  [
    new RequestTimeoutError("m", 5),
    "Cannot complete m: no answer within 5 ms. Raise requestTimeoutMs if the machine is slow",
    { method: "m", timeoutMs: 5 },
  ],
  [
    new ConnectorPackageError("it is broken", { packagePath: "/p", file: "a.json" }),
    "Cannot load the connector package /p: a.json: it is broken",
    { packagePath: "/p", file: "a.json" },
  ],
  [
    new ConnectorPackageError("it is broken", { packagePath: "/p" }),
    "Cannot load the connector package /p: it is broken",
    { file: null },
  ],
  [
    new KernelDiedError({ exitCode: 3, signal: null, stderrTail: "" }),
    "Cannot go on with the notebook: its kernel exited with code 3. Look for Deno.exit() or close()",
    { exitCode: 3, signal: null, stderrTail: "" },
  ],
  [
    new KernelDiedError({ exitCode: null, signal: "SIGKILL", stderrTail: "last" }),
    "Cannot go on with the notebook: its kernel was ended by SIGKILL. stderrTail has its last words",
    { exitCode: null, signal: "SIGKILL", stderrTail: "last" },
  ],
];

describe("an error", () => {
  it.each(ERRORS.map((row) => [row[0].name, ...row] as const))(
    "%s says what is wrong and what to do, with the facts as fields",
    (name, error, message, fields) => {
      expect(error.message).toBe(message);
      const named = Object.keys(fields).map((field) => [field, Reflect.get(error, field)]);
      expect(Object.fromEntries(named)).toEqual(fields);
      expect(error.constructor.name).toBe(name);
    },
  );

  it("has its causes in the stack, at most five, each by its kind", () => {
    let cause: unknown = "a text";
    for (let depth = 5; depth > 0; depth--) cause = new TypeError(`cause ${depth}`, { cause });
    const { stack = "" } = new CodexError("Cannot", { cause });
    expect(stack.split("\n    at ")[0]).toBe(
      `CodexError: Cannot${
        [1, 2, 3, 4, 5].map((n) => `\nCaused by TypeError: cause ${n}`).join("")
      }`,
    );
    expect(stack).toMatch(/\n {4}at /);
    expect(new CodexError("Cannot", { cause: "a text" }).stack).toContain("\nCaused by string\n");
    const own = new CodexError("Cannot", { cause: new Error("once") }).stack ?? "";
    expect(own.match(/Caused by/g)?.length).toBe(1);
    expect(new CodexError("Cannot").stack).not.toContain("Caused by");
  });
});

describe("OutputValidationError", () => {
  it("keeps the answers before it, as they were given", () => {
    const [first, last] = [invalid([issue()]), invalid([issue()])];
    const rejected = [first];
    expect(last.after(rejected)).toBe(last);
    rejected.push(last);
    expect(last.rejected).toEqual([first]);
    const issues = [issue()];
    const error = invalid(issues);
    issues.push(issue());
    expect(error.issues.length).toBe(1);
  });

  it("has the answer in its stack in a kernel, for that is what a cell shows", () => {
    const stackOf = (text: string | null) =>
      new OutputValidationError({ text, issues: [], result: RESULT }).stack ?? "";
    expect(stackOf("7")).not.toContain("The answer begins");
    Reflect.set(Deno, "jupyter", { display: () => Promise.resolve() });
    try {
      const begin = `OutputValidationError: ${invalid([]).message}\n`;
      expect(stackOf("a\n  \x1b b")).toBe(`${begin}The answer begins: a \\u{1b} b`);
      expect(stackOf("x".repeat(300))).toBe(`${begin}The answer begins: ${"x".repeat(300)}`);
      expect(stackOf("x".repeat(301))).toBe(`${begin}The answer begins: ${"x".repeat(300)} …`);
      expect(stackOf(null)).toBe(`${begin}There is no answer`);
    } finally {
      Reflect.set(Deno, "jupyter", undefined);
    }
  });
});

describe("TurnFailedError", () => {
  it("has the turn, what was done and used, and when a limit ends", () => {
    const error = new TurnFailedError({
      threadId: "t",
      turnId: "u",
      items: ITEMS,
      usage: { totalTokens: 3 } as never,
      error: { message: "no", codexErrorInfo: "usageLimitExceeded" } as never,
    });
    expect(error).toMatchObject({
      threadId: "t",
      turnId: "u",
      items: ITEMS,
      usage: { totalTokens: 3 },
      info: { kind: "usageLimitExceeded", message: "no" },
      resetsAt: null,
    });
    const at = new Date(5);
    expect(error.withReset(at)).toBe(error);
    expect(error.resetsAt).toBe(at);
  });
});

describe("a refusal", () => {
  const facts = { code: -32001, message: "busy", data: { a: 1 } };

  it("has method, code and data", () => {
    const error = JsonRpcError.from("m", facts);
    expect(error).toBeInstanceOf(ServerBusyError);
    expect(error).toMatchObject({ method: "m", ...facts, message: "Cannot complete m: busy" });
    expect(JsonRpcError.from("m", { code: -32700, message: "no" })).toBeInstanceOf(ParseError);
  });

  it("has a class for each code that a caller treats differently", () => {
    const classes = [
      [-32700, "ParseError"],
      [-32600, "InvalidRequestError"],
      [-32601, "MethodNotFoundError"],
      [-32602, "InvalidParamsError"],
      [-32603, "InternalRpcError"],
      [-32001, "ServerBusyError"],
      [-32604, "JsonRpcError"],
    ] as const;
    for (const [code, name] of classes) {
      expect(JsonRpcError.from("m", { code, message: "no" }).name).toBe(name);
    }
  });

  it("after several attempts says how many", () => {
    const last = new ServerBusyError("m", facts);
    const after = (attempts: number) => RetryLimitExceededError.after(last, attempts);
    expect(after(3)).toMatchObject({
      method: "m",
      code: -32001,
      data: { a: 1 },
      attempts: 3,
      cause: last,
      message:
        "Cannot complete m: the server is still overloaded after 3 attempts. Try again later",
    });
    expect(after(1).message).toContain("after 1 attempt. ");
  });

  it("is null for nullIfRefused(), which throws everything else", () => {
    expect(nullIfRefused(new JsonRpcError("m", facts))).toBe(null);
    expect(() => nullIfRefused(CAUSE)).toThrow(CAUSE);
  });
});
