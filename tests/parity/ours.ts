/**
 * What stands here for each function and parameter of the reference, and the table of both.
 *
 * @module
 */
import { REFERENCE } from "./reference.ts";

/** What stands for a name of the reference. */
interface Ours {
  /** As the page shows it. */
  readonly shown: string;
  /** A type that exists only if it does. */
  readonly type: string;
}

/** What stands for a function of the reference. */
interface OurFunction extends Ours {
  /** The type of its options, which have the parameters by their names in camel case. */
  readonly options?: string;
  /** The parameters that are called otherwise. */
  readonly parameters?: Readonly<Record<string, Ours | string>>;
}

/** A method or property of a handle, such as `codex.close()`. */
function member(owner: "Codex" | "Thread" | "Turn", name: string, call = "()"): Ours {
  return { shown: `${owner.toLowerCase()}.${name}${call}`, type: `${owner}["${name}"]` };
}

/** The argument of a function, by its place. */
function argument(shown: string, type: string, place = 0): Ours {
  return { shown, type: `Parameters<${type}>[${place}]` };
}

/** A field of a type. */
function field(type: string, name: string): Ours {
  return { shown: `\`${name}\``.replaceAll("`", ""), type: `${type}["${name}"]` };
}

const goal: Ours = { shown: "thread.startGoal(objective)", type: 'Thread["startGoal"]' };
const turnId: Ours = field("TurnResult", "turnId");
const clientInfo = (name: string): Ours => ({
  shown: `{ clientInfo: { ${name} } }`,
  type: `NonNullable<CodexOptions["clientInfo"]>["${name}"]`,
});

const OURS: Readonly<Record<string, OurFunction>> = {
  CodexConfig: {
    shown: "Codex.start({ … })",
    type: "CodexOptions",
    options: "CodexOptions",
    parameters: {
      codex_bin: "executable",
      launch_args_override: "launchArgs",
      config_overrides: "config",
      experimental_api: "experimental",
      client_name: clientInfo("name"),
      client_title: clientInfo("title"),
      client_version: clientInfo("version"),
    },
  },
  Codex: {
    shown: "Codex.start()",
    type: '(typeof Codex)["start"]',
    parameters: { config: argument("its argument", '(typeof Codex)["start"]') },
  },
  "Codex.close": member("Codex", "close"),
  "Codex.metadata": member("Codex", "server", ""),
  "Codex.login_api_key": {
    ...member("Codex", "loginWithApiKey"),
    parameters: { api_key: argument("key", 'Codex["loginWithApiKey"]') },
  },
  "Codex.login_chatgpt": member("Codex", "loginWithChatGpt"),
  "Codex.login_chatgpt_device_code": member("Codex", "loginWithDeviceCode"),
  "Codex.account": { ...member("Codex", "account"), options: "AccountOptions" },
  "Codex.logout": member("Codex", "logout"),
  "Codex.models": { ...member("Codex", "models"), options: "ModelsOptions" },
  "Codex.thread_start": { ...member("Codex", "startThread"), options: "ThreadOptions" },
  "Codex.thread_resume": {
    ...member("Codex", "resumeThread"),
    options: "ResumeOptions",
    parameters: { thread_id: argument("threadId", 'Codex["resumeThread"]') },
  },
  "Codex.thread_fork": {
    ...member("Codex", "forkThread"),
    options: "ForkOptions",
    parameters: { thread_id: argument("threadId", 'Codex["forkThread"]') },
  },
  "Codex.thread_list": {
    ...member("Codex", "listThreads"),
    options: "ThreadFilter",
    parameters: {
      cursor: { shown: ".page({ cursor })", type: 'PageOptions["cursor"]' },
      limit: "pageSize",
      search_term: "search",
      sort_direction: "order",
      sort_key: "sortBy",
      source_kinds: "sources",
      use_state_db_only: "indexOnly",
    },
  },
  "Codex.thread_archive": {
    ...member("Codex", "archiveThread"),
    parameters: { thread_id: argument("threadId", 'Codex["archiveThread"]') },
  },
  "Codex.thread_unarchive": {
    ...member("Codex", "unarchiveThread"),
    parameters: { thread_id: argument("threadId", 'Codex["unarchiveThread"]') },
  },
  "Thread.id": member("Thread", "id", ""),
  "Thread.run": {
    ...member("Thread", "run"),
    options: "RunOptions",
    parameters: { input: argument("input", 'Thread["run"]'), goal },
  },
  "Thread.turn": {
    ...member("Thread", "startTurn"),
    options: "StartTurnOptions",
    parameters: { input: argument("input", 'Thread["startTurn"]'), goal },
  },
  "Thread.start_goal": {
    ...member("Thread", "startGoal"),
    parameters: { objective: argument("objective", 'Thread["startGoal"]') },
  },
  "Thread.run_goal": {
    shown: "(await thread.startGoal()).result()",
    type: 'Thread["startGoal"]',
    parameters: { objective: argument("objective", 'Thread["startGoal"]') },
  },
  "Thread.read": {
    ...member("Thread", "read"),
    options: 'NonNullable<Parameters<Thread["read"]>[0]>',
  },
  "Thread.set_name": {
    ...member("Thread", "rename"),
    parameters: { name: argument("name", 'Thread["rename"]') },
  },
  "Thread.compact": member("Thread", "compact"),
  "TurnHandle.id": member("Turn", "id", ""),
  "TurnHandle.thread_id": member("Turn", "threadId", ""),
  "TurnHandle.steer": {
    ...member("Turn", "steer"),
    parameters: { input: argument("input", 'Turn["steer"]') },
  },
  "TurnHandle.interrupt": member("Turn", "interrupt"),
  "TurnHandle.stream": { shown: "for await (const event of turn)", type: 'Turn["events"]' },
  "TurnHandle.run": member("Turn", "result"),
  ChatgptLoginHandle: { shown: "LoginHandle", type: "LoginHandle", options: "LoginHandle" },
  "ChatgptLoginHandle.wait": { shown: "login.wait()", type: 'LoginHandle["wait"]' },
  "ChatgptLoginHandle.cancel": { shown: "login.cancel()", type: 'LoginHandle["cancel"]' },
  DeviceCodeLoginHandle: {
    shown: "DeviceLoginHandle",
    type: "DeviceLoginHandle",
    options: "DeviceLoginHandle",
  },
  "DeviceCodeLoginHandle.wait": { shown: "login.wait()", type: 'DeviceLoginHandle["wait"]' },
  "DeviceCodeLoginHandle.cancel": { shown: "login.cancel()", type: 'DeviceLoginHandle["cancel"]' },
  TurnResult: {
    shown: "TurnResult",
    type: "TurnResult",
    options: "TurnResult",
    parameters: {
      id: turnId,
      error: { shown: "TurnFailedError.info, which rejects", type: 'TurnFailedError["info"]' },
    },
  },
  TextInput: {
    shown: "text(), or a string",
    type: "typeof text",
    parameters: { text: argument("text", "typeof text") },
  },
  ImageInput: {
    shown: "image()",
    type: "typeof image",
    parameters: { url: argument("url", "typeof image") },
  },
  LocalImageInput: {
    shown: "localImage()",
    type: "typeof localImage",
    parameters: { path: argument("path", "typeof localImage") },
  },
  SkillInput: {
    shown: "skill()",
    type: "typeof skill",
    parameters: {
      name: argument("name", "typeof skill"),
      path: argument("path", "typeof skill", 1),
    },
  },
  MentionInput: {
    shown: "mention()",
    type: "typeof mention",
    parameters: {
      name: argument("name", "typeof mention"),
      path: argument("path", "typeof mention", 1),
    },
  },
  retry_on_overload: {
    shown: "retryOnOverload()",
    type: "typeof retryOnOverload",
    options: "RetryOptions",
    parameters: {
      op: argument("fn", "typeof retryOnOverload"),
      max_attempts: "attempts",
      initial_delay_s: "initialDelayMs",
      max_delay_s: "maxDelayMs",
      jitter_ratio: "jitter",
    },
  },
  is_retryable_error: {
    shown: "isRetryable()",
    type: "typeof isRetryable",
    parameters: { exc: argument("error", "typeof isRetryable") },
  },
  __version__: { shown: "MODULE_VERSION", type: "typeof MODULE_VERSION" },
};

/** Records whose fields are shown by their names, not as options. */
const RECORDS = ["TurnResult", "ChatgptLoginHandle", "DeviceCodeLoginHandle"];

/** One row: a function of the reference, or one of its parameters. */
export interface ParityRow extends Ours {
  readonly name: string;
  readonly parameter: string | null;
}

/** Every function and parameter of the reference with ours, or those without a counterpart. */
export function parityRows(): { rows: readonly ParityRow[]; missing: readonly string[] } {
  const rows: ParityRow[] = [];
  const missing: string[] = [];
  for (const [name, parameters] of Object.entries(REFERENCE)) {
    const ours = OURS[name];
    if (ours === undefined) {
      missing.push(name);
      continue;
    }
    rows.push({ name, parameter: null, shown: ours.shown, type: ours.type });
    for (const parameter of parameters) {
      const found = parameterOf(ours, name, parameter);
      if (found === null) missing.push(`${name}(${parameter})`);
      else rows.push({ name, parameter, ...found });
    }
  }
  return { rows, missing };
}

/** Names here that the reference does not have. */
export function strayNames(): string[] {
  return Object.entries(OURS).flatMap(([name, { parameters = {} }]) =>
    REFERENCE[name] === undefined
      ? [name]
      : Object.keys(parameters).filter((parameter) => !REFERENCE[name]?.includes(parameter))
  );
}

function parameterOf(ours: OurFunction, name: string, parameter: string): Ours | null {
  const own = ours.parameters?.[parameter];
  if (typeof own === "object") return own;
  if (ours.options === undefined) return null;
  const camel = own ?? parameter.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const shown = RECORDS.includes(name) ? camel : `{ ${camel} }`;
  return { shown, type: `${ours.options}["${camel}"]` };
}

/** A module that type-checks only if all of our names exist. */
export function typeModule(rows: readonly ParityRow[]): string {
  const names = new Set(rows.flatMap(({ type }) => type.match(/\b[A-Za-z_]\w*\b/g) ?? []));
  const known = ["NonNullable", "Parameters", "typeof"];
  const imported = [...names].filter((name) =>
    !known.includes(name) && !rows.some(({ type }) => type.includes(`"${name}"`))
  );
  const types = rows.map(({ type }, index) => `export type Row${index} = ${type};`);
  return `/**
 * Made by deno task parity: what the table of parameters names here.
 *
 * @module
 */
import type { ${imported.sort().join(", ")} } from "../../mod.ts";

${types.join("\n")}
`;
}

/** The rows as a table of Markdown. */
export function parityTable(rows: readonly ParityRow[]): string {
  const cell = (text: string): string => text === "" ? "" : `\`${text}\``;
  const lines = rows.map(({ name, parameter, shown }) =>
    `| ${parameter === null ? cell(name) : ""} | ${cell(parameter ?? "")} | ${cell(shown)} |`
  );
  return ["| reference | parameter or field | here |", "| --- | --- | --- |", ...lines].join("\n");
}
