/**
 * Approvals asked in the notebook.
 *
 * @module
 */
import type { ApprovalDecision, ApprovalHandler, ApprovalRequest } from "../codex/approvals.ts";
import { escapeHtml, head, type MimeBundle, plain } from "../display/mod.ts";
import { flush, kernel } from "./kernel.ts";

/** How the user is asked; `null` means that there is nobody to ask. */
export type Prompt = (question: string) => string | null;

const ANSWERS: Readonly<Record<string, ApprovalDecision>> = {
  y: "accept",
  yes: "accept",
  s: "acceptForSession",
  n: "decline",
  no: "decline",
  c: "cancel",
};

/**
 * Makes an approval handler that shows what is asked for and then prompts: `y` accepts, `s` accepts for the
 * session, `n` declines, `c` declines and stops the turn. Anything else declines, and so does a front end without
 * input. While the prompt is open nothing else happens in the kernel.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ approvalMode: "ask", onApproval: askApproval() });
 * ```
 */
export function askApproval(options: { readonly prompt?: Prompt } = {}): ApprovalHandler {
  const ask: Prompt = options.prompt ?? ((question) => globalThis.prompt(question));
  return async (request) => {
    await kernel()?.display(approvalBundle(request), {
      displayId: crypto.randomUUID(),
      update: false,
    });
    await flush(1);
    const answer = ask(kernel() ? CHOICES : `${approvalText(request)}\n${CHOICES}`);
    return ANSWERS[answer?.trim().toLowerCase() ?? ""] ?? "decline";
  };
}

const CHOICES = "Accept? y = yes, s = for the session, n = no, c = stop the turn";

/** What is asked for, as a card. */
export function approvalBundle(request: ApprovalRequest): MimeBundle {
  const text = approvalText(request);
  return {
    "text/plain": text,
    "text/html":
      `<div style="border:1px solid #d29922;border-radius:6px;padding:8px 12px"><b>Approval</b><pre style="white-space:pre-wrap">${
        escapeHtml(text)
      }</pre></div>`,
  };
}

function approvalText(request: ApprovalRequest): string {
  return head(plain(factsOf(request).filter((fact) => fact !== "").join("\n")), 5000);
}

function factsOf(request: ApprovalRequest): string[] {
  switch (request.kind) {
    case "command":
      return [`$ ${request.command ?? ""}`, `in ${request.cwd ?? ""}`, because(request.reason)];
    case "fileChange":
      return [
        ...request.changes.map(({ path, diff }) => `${path}\n${diff}`),
        because(request.reason),
      ];
    case "permissions":
      return [
        JSON.stringify(request.permissions, null, 2),
        `in ${request.cwd}`,
        because(request.reason),
      ];
    case "userInput":
      return request.questions.map(({ question }) => question);
    case "elicitation":
      return [`${request.serverName}: ${request.message ?? ""}`];
  }
}

function because(reason: string | null): string {
  return reason ? `because: ${reason}` : "";
}
