/**
 * Code reviews.
 *
 * @module
 */
import { checkOptions } from "../../options_check.ts";
import { asRecord, stringOrNull } from "../../json.ts";
import type { TurnStream } from "../../client/routing/turn_stream.ts";
import { displayable } from "../../display/displayable.ts";
import type { ReviewTarget as WireReviewTarget } from "../../protocol/mod.ts";
import type { CodexSession } from "../session/session.ts";
import { CodexTurn, type Turn, type TurnContext } from "../turn.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import type { TurnResult } from "../../domain/turn_result.ts";

/**
 * The subject of a review: uncommitted changes, the difference to a branch, one commit, or by your
 * own instructions.
 */
export type ReviewTarget =
  | "uncommittedChanges"
  | { readonly baseBranch: string }
  | { readonly commit: string; readonly title?: string }
  | { readonly instructions: string };

/** One remark of the reviewer. */
export interface ReviewFinding {
  /** The remark in a line. */
  readonly title: string;
  /** The remark in full, Markdown. */
  readonly body: string;
  /** 0 is most urgent; `null` when the reviewer did not say. */
  readonly priority: number | null;
  /** 0 to 1; `null` when the reviewer did not say. */
  readonly confidence: number | null;
  /** File and lines, first and last included; `null` when the reviewer named none. */
  readonly location:
    | { readonly path: string; readonly startLine: number; readonly endLine: number }
    | null;
}

/** A review as data. */
export interface ReviewFindings {
  /** The remarks, in the reviewer's order. */
  readonly findings: readonly ReviewFinding[];
  /** The verdict in the reviewer's words, such as `patch is correct`. */
  readonly overallCorrectness: string | null;
  /** Why, in the reviewer's words. */
  readonly overallExplanation: string | null;
  /** 0 to 1. */
  readonly overallConfidence: number | null;
}

/** The outcome of a review. */
export interface ReviewResult extends TurnResult {
  /** The review as text, or `null` when the reviewer wrote none. */
  readonly review: string | null;
  /**
   * The review as data, or `null` when the reviewer answered in plain text, or found nothing and
   * streamed its answer. Of a streamed answer the runtime sends a rendered text, without
   * verdict and confidence.
   */
  readonly findings: ReviewFindings | null;
}

/** A review that runs. It cannot be steered. */
export interface ReviewTurn extends Turn {
  /** The outcome; see {@linkcode Turn.result}. */
  result(options?: CallSignal): Promise<ReviewResult>;
}

const REVIEW_TARGET = { baseBranch: true, commit: true, title: true, instructions: true } as const;

/** The target as the protocol has it; checks what the caller passed. */
export function toReviewTarget(target: ReviewTarget): WireReviewTarget {
  if (target === "uncommittedChanges") return { type: "uncommittedChanges" };
  if (typeof target === "object" && target !== null) {
    checkOptions("start a review", target, REVIEW_TARGET);
    if ("baseBranch" in target) {
      return { type: "baseBranch", branch: filled("baseBranch", target.baseBranch) };
    }
    if ("commit" in target) {
      return { type: "commit", sha: filled("commit", target.commit), title: target.title ?? null };
    }
    if ("instructions" in target) {
      return { type: "custom", instructions: filled("instructions", target.instructions) };
    }
  }
  throw new TypeError(
    "Cannot start a review: the target is unknown. " +
      'Pass "uncommittedChanges", { baseBranch }, { commit } or { instructions }',
  );
}

function filled(name: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new TypeError(`Cannot start a review: ${name} is empty. Pass a text`);
}

/** A turn whose result also carries the review. */
export class CodexReviewTurn extends CodexTurn implements ReviewTurn {
  #review: string | null = null;
  #findings: ReviewFindings | null = null;

  constructor(session: CodexSession, stream: TurnStream, context: TurnContext) {
    super(session, stream, context);
    stream.observe((event) => {
      if (event.unknown) return;
      if (event.method === "item/completed" && event.params.item.type === "exitedReviewMode") {
        this.#review = event.params.item.review;
      } else if (event.method === "item/started" && event.params.item.type === "agentMessage") {
        // The reviewer's raw answer starts as a message and never completes; the rendered one
        // replaces it.
        this.#findings ??= parseFindings(event.params.item.text);
      }
    });
  }

  override async result(options: CallSignal = {}): Promise<ReviewResult> {
    const result = await super.result(options);
    const findings = this.#findings ??
      (this.#review === null ? null : parseRenderedReview(this.#review));
    return displayable({ ...result, review: this.#review, findings }, "result");
  }
}

/** A reviewer's answer as data, or `null` when it is not the JSON it was asked for. */
export function parseFindings(text: string): ReviewFindings | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const review = asRecord(value);
  if (!Array.isArray(review.findings)) return null;
  return {
    findings: review.findings.map(toFinding),
    overallCorrectness: stringOrNull(review.overall_correctness),
    overallExplanation: stringOrNull(review.overall_explanation),
    overallConfidence: numberOrNull(review.overall_confidence_score),
  };
}

/** `- title — path:3-4`, then the body, indented. */
const RENDERED_FINDING = /^- (.+) — (.+):(\d+)-(\d+)\n((?: {2}.*(?:\n|$)|\n(?= {2}))*)/gm;

/**
 * A review as data from the text the runtime made of it, or `null` when the reviewer wrote plain
 * text.
 *
 * A streamed answer reaches us only in this form: priority is kept where the title has it,
 * confidence is lost.
 */
export function parseRenderedReview(text: string): ReviewFindings | null {
  const start = /^(?:Review comment|Full review comments):\n\n/m.exec(text);
  if (!start) return null;
  const findings = [...text.slice(start.index + start[0].length).matchAll(RENDERED_FINDING)].map(
    ([, title = "", path = "", first, last, body = ""]): ReviewFinding => ({
      title,
      body: body.replaceAll(/^ {2}/gm, "").trim(),
      priority: numberOrNull(Number(/^\[P(\d)\]/.exec(title)?.[1] ?? NaN)),
      confidence: null,
      location: { path, startLine: Number(first), endLine: Number(last) },
    }),
  );
  return {
    findings,
    overallCorrectness: null,
    overallExplanation: text.slice(0, start.index).trim() || null,
    overallConfidence: null,
  };
}

function toFinding(value: unknown): ReviewFinding {
  const finding = asRecord(value);
  const location = asRecord(finding.code_location);
  const range = asRecord(location.line_range);
  const path = stringOrNull(location.absolute_file_path);
  const startLine = numberOrNull(range.start);
  return {
    title: stringOrNull(finding.title) ?? "",
    body: stringOrNull(finding.body) ?? "",
    priority: numberOrNull(finding.priority),
    confidence: numberOrNull(finding.confidence_score),
    location: path === null || startLine === null
      ? null
      : { path, startLine, endLine: numberOrNull(range.end) ?? startLine },
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && !Number.isNaN(value) ? value : null;
}
