/**
 * Approvals asked in the notebook.
 *
 * @module
 */
import type {
  ApprovalAnswers,
  ApprovalContext,
  ApprovalDecision,
  ApprovalHandler,
  ApprovalRequest,
  ElicitationRequest,
  UserInputRequest,
} from "../../domain/approval.ts";
import {
  type ApprovalButtons,
  type ApprovalCard,
  oneLine,
  renderApproval,
} from "../../display/mod.ts";
import { asRecord } from "../../json.ts";
import { checkOptions } from "../../options_check.ts";
import { escapeInvisible } from "../../plain_text.ts";
import { fieldsOf, toFieldValue } from "./form_field.ts";
import { type ButtonQuestion, ButtonServer, HELLO } from "./button_server.ts";
import { type HostKernel, kernel } from "../kernel_display.ts";
import { LiveDisplay } from "../live_display.ts";
import { abortable, delay } from "../../deps.ts";
import { stopSignalAnd } from "../../stop.ts";

/** How the user is asked; `null` means that the user cannot be asked. */
export type Prompt = (
  question: string,
  options: { readonly isSecret: boolean },
) => string | null | Promise<string | null>;

/** Options of {@linkcode askApproval}. */
export interface AskOptions {
  /** How the user is asked. Default: buttons, or the input box of the notebook, or the terminal. */
  readonly prompt?: Prompt;
}

const DECISIONS: ReadonlyMap<string, ApprovalDecision> = new Map([
  ["y", "accept"],
  ["yes", "accept"],
  ["s", "acceptForSession"],
  ["n", "decline"],
  ["no", "decline"],
  ["c", "cancel"],
]);

const CHOICES = "y = yes, s = yes for the session, n = no, c = no and stop the turn:";

/**
 * Other outputs get this long to show their last state: while the box is open, nothing else
 * happens.
 */
const SETTLE_MS = 150;

/** Questions are asked one after the other: the box does not show which one it is for. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Makes an approval handler that shows what is asked for, with buttons to answer it. Other turns go
 * on while it waits, and Stop withdraws the question. A click is sent to a port of this process on
 * loopback, which is open only while a question waits.
 *
 * Where the page cannot reach that port (the browser runs on another machine, the notebook is not
 * trusted, a policy forbids it), or when `prompt` is given, it prompts: `y` accepts, `s` accepts
 * for the session, `n` declines, `c` declines and stops the turn. Anything else declines, and so
 * does a front end without input. While the input box of a notebook is open nothing else happens in
 * the kernel. Questions of the model and forms of MCP servers are always prompted for, field by
 * field; an empty answer leaves an optional field out and declines at one that is required.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ approvalMode: "ask", onApproval: askApproval() });
 * ```
 */
export function askApproval(options: AskOptions = {}): ApprovalHandler {
  checkOptions("ask for approvals", options, { prompt: true });
  const { prompt } = options;
  return (request, { signal }: ApprovalContext) => {
    const over = stopSignalAnd(signal);
    const jupyter = kernel();
    if (jupyter) return askInCard(request, prompt, { jupyter, over });
    return inTurn(async () => over.aborted ? "decline" : await askInTerminal(request, prompt));
  };
}

/** Only one question is prompted for at a time. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}

type Answer = ApprovalAnswers[keyof ApprovalAnswers];

/** A terminal cannot show a card, so the question is printed above the input line. */
function askInTerminal(
  request: ApprovalRequest,
  prompt: Prompt = promptUser,
): Promise<Answer> {
  const card = renderApproval({ ...factsOf(request), answer: null })["text/plain"];
  return answerOf(
    request,
    (question, options) => prompt(`${card}\n${question}`, options),
  );
}

interface CardContext {
  readonly jupyter: HostKernel;
  /**
   * Aborts when the question is withdrawn or Stop is pressed; an answer after that counts for
   * nothing.
   */
  readonly over: AbortSignal;
}

/** With buttons where a page can reach this process, else by prompt. */
async function askInCard(
  request: ApprovalRequest,
  prompt: Prompt | undefined,
  { jupyter, over }: CardContext,
): Promise<Answer> {
  let state: string | null = null;
  let buttons: ApprovalButtons | null = null;
  const card = new LiveDisplay(
    jupyter,
    () => renderApproval({ ...factsOf(request), answer: state, buttons }),
  );
  const settled = async (answer: Answer | null): Promise<Answer> => {
    state = answer === null ? "withdrawn" : wordFor(answer);
    await card.end();
    return answer ?? "decline";
  };
  if (!prompt && isDecision(request)) {
    using question = server.ask(CLICKS.map(({ decision }) => decision));
    buttons = buttonsOf(question);
    await card.show();
    if (await isSeen(question, over)) {
      return settled(await unlessOver(question.clicked as Promise<ApprovalDecision>, over));
    }
    buttons = null;
  }
  return inTurn(async () => {
    if (over.aborted) return settled(null);
    await card.show();
    await delay(SETTLE_MS);
    return settled(await unlessOver(answerOf(request, prompt ?? promptUser), over));
  });
}

const server = new ButtonServer();

const CLICKS: readonly { readonly label: string; readonly decision: ApprovalDecision }[] = [
  { label: "Yes", decision: "accept" },
  { label: "Yes, for the session", decision: "acceptForSession" },
  { label: "No", decision: "decline" },
  { label: "No, and stop the turn", decision: "cancel" },
];

function buttonsOf(question: ButtonQuestion): ApprovalButtons {
  const choices = CLICKS.map(({ label, decision }) => ({ label, url: question.url(decision) }));
  return { helloUrl: question.url(HELLO), choices };
}

/** Whether the question is answered by one word, and not by the fields of a form. */
function isDecision(request: ApprovalRequest): boolean {
  if (request.kind === "userInput") return false;
  return request.kind !== "elicitation" || request.toolName !== null ||
    fieldsOf(request.requestedSchema).length === 0;
}

/**
 * A page on this machine says hello within a few milliseconds; an untrusted or a distant one never
 * does.
 */
const HELLO_MS = 1500;

async function isSeen(question: ButtonQuestion, over: AbortSignal): Promise<boolean> {
  const waiting = new AbortController();
  const signal = AbortSignal.any([waiting.signal, over]);
  const seen = question.seen.then(() => true);
  const isLate = delay(HELLO_MS, { signal }).then(() => false, () => false);
  const outcome = await Promise.race([seen, isLate]);
  waiting.abort();
  return outcome;
}

async function unlessOver(answer: Promise<Answer>, over: AbortSignal): Promise<Answer | null> {
  try {
    const given = await abortable(answer, over);
    // While an input box is open the kernel receives no other message, not even Stop.
    await delay(0);
    return over.aborted ? null : given;
  } catch (error) {
    if (over.aborted) return null;
    throw error;
  }
}

/** In the kernel the third argument hides what is typed. */
function promptUser(question: string, { isSecret }: { readonly isSecret: boolean }): string | null {
  const ask: (text: string, preset?: string, options?: object) => string | null = globalThis.prompt;
  if (!kernel()) return ask(question);
  // The answer is echoed right behind the question.
  return isSecret ? ask(`${question} `, "", { password: true }) : ask(`${question} `);
}

function answerOf(request: ApprovalRequest, prompt: Prompt): Promise<Answer> {
  switch (request.kind) {
    case "userInput":
      return answerQuestions(request, prompt);
    case "elicitation":
      return answerElicitation(request, prompt);
    default:
      return decide(request, prompt);
  }
}

async function decide(request: ApprovalRequest, prompt: Prompt): Promise<ApprovalDecision> {
  const { title, subject, changes } = factsOf(request);
  const what = subject || changes.map(({ path }) => path).join(", ");
  const question = `${oneLine(escapeInvisible(`${title} ${what}`), 200)}\n${CHOICES}`;
  const typed = await prompt(question, { isSecret: false });
  return DECISIONS.get(typed?.trim().toLowerCase() ?? "") ?? "decline";
}

async function answerQuestions({ questions }: UserInputRequest, prompt: Prompt): Promise<Answer> {
  const answers: Record<string, { answers: string[] }> = {};
  for (const { id, question, options, isSecret = false } of questions) {
    const labels = (options ?? []).map(({ label }) => label);
    const choices = labels.map((label, index) => `${index + 1} = ${label}`).join(", ");
    const asked = oneLine(escapeInvisible([question, choices].filter(Boolean).join("  ")), 500);
    const typed = (await prompt(asked, { isSecret }))?.trim();
    if (!typed) return "decline";
    answers[id] = { answers: [labels[Number(typed) - 1] ?? typed] };
  }
  return { answers };
}

async function answerElicitation(request: ElicitationRequest, prompt: Prompt): Promise<Answer> {
  const fields = fieldsOf(request.requestedSchema);
  if (request.toolName !== null || fields.length === 0) return decide(request, prompt);
  const content: Record<string, unknown> = {};
  for (const field of fields) {
    const typed = (await prompt(oneLine(escapeInvisible(field.question), 500), { isSecret: false }))
      ?.trim();
    const value = typed ? toFieldValue(field, typed) : field.preset;
    if (value === undefined && field.isRequired) return "decline";
    if (value !== undefined) content[field.name] = value;
  }
  return { action: "accept", content };
}

function wordFor(answer: Answer): string {
  if (typeof answer === "string") return answer;
  return "action" in answer ? String(answer.action) : "answered";
}

/** The question in words. */
function factsOf(request: ApprovalRequest): ApprovalCard {
  const plain = { changes: [], facts: {}, answer: null };
  switch (request.kind) {
    case "command":
      return {
        ...plain,
        title: "Run this command?",
        subject: request.command ?? "",
        facts: { "working directory": request.cwd, reason: request.reason },
      };
    case "fileChange": {
      const { changes, grantRoot, reason } = request;
      const facts = { "write access for the session to": grantRoot, reason };
      return { ...plain, title: "Change these files?", subject: "", changes, facts };
    }
    case "permissions":
      return {
        ...plain,
        title: "Give these permissions?",
        subject: JSON.stringify(request.permissions, null, 2),
        facts: { "working directory": request.cwd, reason: request.reason },
      };
    case "userInput": {
      const texts = request.questions.map(({ header, question }) => `${header}: ${question}`);
      return { ...plain, title: "The model asks", subject: texts.join("\n") };
    }
    case "elicitation":
      return { ...plain, ...elicitationFacts(request) };
  }
}

function elicitationFacts(
  request: ElicitationRequest,
): Pick<ApprovalCard, "title" | "subject" | "facts" | "code"> {
  const { serverName, message, toolName, toolArguments, params } = request;
  if (request.code !== undefined) return codeFacts(request.code, request);
  const url = params !== null && "url" in params ? params.url : null;
  return {
    title: toolName === null ? `${serverName} asks` : `Let ${serverName} run ${toolName}?`,
    subject: message ?? "",
    facts: {
      arguments: toolArguments === null ? null : JSON.stringify(toolArguments),
      address: url,
      labels: request.policyLabels?.join(", ") ?? null,
    },
  };
}

/** The code stands by itself and in full; what else the call was given stands below it. */
function codeFacts(
  code: string,
  { serverName, message, toolName, toolArguments, policyLabels }: ElicitationRequest,
): Pick<ApprovalCard, "title" | "subject" | "facts" | "code"> {
  const { code: _, ...others } = asRecord(toolArguments);
  return {
    title: `Let ${serverName} run this code (${toolName})?`,
    subject: message ?? "",
    code,
    facts: {
      arguments: Object.keys(others).length > 0 ? JSON.stringify(others) : null,
      labels: policyLabels?.join(", ") ?? null,
    },
  };
}
