/**
 * The meaning of connectors' labels for a thread.
 *
 * @module
 */
import { asRecord, present } from "../../json.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import {
  DEFAULT_POLICY,
  POLICY_LABELS,
  type PolicyAction,
  type PolicyLabel,
  type Verdict,
} from "../../domain/connector.ts";
import type { SandboxName } from "../../domain/settings.ts";

/** The meaning of a label. */
export interface PolicyRule {
  /** The action for calls. */
  readonly action?: PolicyAction;
  /** Upper limit of the thread's sandbox. Default: the thread's own sandbox. */
  readonly sandbox?: "read-only" | "workspace-write" | "full-access";
  /**
   * Whether commands of the thread reach the network in sandbox `workspace-write`. Default: as
   * configured.
   */
  readonly network?: boolean;
}

/**
 * The meaning of each label of a thread's connectors: an action alone, or a rule, whose absent
 * fields keep the label's default. Of several labels the strictest word counts.
 *
 * Labels left out keep their default: `destructive`, `external_send` and `secret_access` ask,
 * `sandbox_required` allows no thread with full access, all others allow.
 *
 * A denied MCP server is not started. With `ask`, each tool call needs an approval; its resources
 * do not, because the runtime reads them without asking. Servers run outside the sandbox of the
 * thread.
 */
export type ConnectorPolicy = {
  readonly [Label in keyof typeof DEFAULT_POLICY]?: PolicyAction | PolicyRule;
};

const LABEL_NAMES = Object.fromEntries(POLICY_LABELS.map((label) => [label, true as const]));
const POLICY_RULE = {
  action: true,
  sandbox: true,
  network: true,
} as const satisfies OptionNames<PolicyRule>;

/** A limit of the thread, and who set it. */
export interface PolicyLimit<T> {
  /** The limit. */
  readonly value: T;
  /** The label that sets it. */
  readonly label: string;
}

/** Sandboxes from strict to none. */
export const SANDBOXES: readonly SandboxName[] = ["read-only", "workspace-write", "full-access"];

const ACTIONS: readonly PolicyAction[] = ["allow", "ask", "deny"];

/** A policy with its defaults applied. */
export class ResolvedPolicy {
  readonly #rules: ReadonlyMap<string, PolicyRule>;

  /** @throws {TypeError} for an unknown label or action. */
  constructor(policy: ConnectorPolicy = {}) {
    checkOptions("use the policy", policy, LABEL_NAMES);
    const rules = new Map<string, PolicyRule>(Object.entries(DEFAULT_POLICY));
    for (const [label, rule] of Object.entries(policy)) {
      if (rule === undefined) continue;
      const checked = checkedRule(label, rule);
      rules.set(label, typeof rule === "string" ? checked : { ...rules.get(label), ...checked });
    }
    this.#rules = rules;
  }

  /** The decision for the calls of a part with these labels. */
  verdict(labels: readonly string[]): Verdict {
    const action =
      ACTIONS.findLast((action) => labels.some((label) => this.#actionOf(label) === action)) ??
        "allow";
    const because = action === "allow"
      ? []
      : labels.filter((label) => this.#actionOf(label) === action);
    return { action, because };
  }

  /** The strictest sandbox that the labels demand, or `null`. */
  sandbox(labels: readonly string[]): PolicyLimit<SandboxName> | null {
    const limits = labels.flatMap((label) => {
      const value = this.#rules.get(label)?.sandbox;
      return value === undefined ? [] : [{ value, label }];
    });
    return limits.toSorted((a, b) => SANDBOXES.indexOf(a.value) - SANDBOXES.indexOf(b.value))[0] ??
      null;
  }

  /**
   * Whether the labels allow the network; `false` wins over `true`. `null` when they do not say.
   */
  network(labels: readonly string[]): PolicyLimit<boolean> | null {
    const limits = labels.flatMap((label) => {
      const value = this.#rules.get(label)?.network;
      return value === undefined ? [] : [{ value, label }];
    });
    return limits.toSorted((a, b) => Number(a.value) - Number(b.value))[0] ?? null;
  }

  /** An undefined label asks, because ignoring it would protect nothing. */
  #actionOf(label: string): PolicyAction {
    const rule = this.#rules.get(label);
    return rule ? rule.action ?? "allow" : "ask";
  }
}

/** Whether a sandbox allows more than another. */
export function allowsMore(sandbox: SandboxName, than: SandboxName): boolean {
  return SANDBOXES.indexOf(sandbox) > SANDBOXES.indexOf(than);
}

function checkedRule(label: string, rule: PolicyAction | PolicyRule): PolicyRule {
  if (typeof rule !== "string") checkOptions(`use the policy for ${label}`, rule, POLICY_RULE);
  const { action, sandbox, network } = typeof rule === "string"
    ? { action: rule, sandbox: undefined, network: undefined }
    : asRecord(rule);
  check(label, "action", action, ACTIONS);
  check(label, "sandbox", sandbox, SANDBOXES);
  check(label, "network", network, [true, false]);
  return present({ action, sandbox, network }) as PolicyRule;
}

function check(label: string, field: string, value: unknown, known: readonly unknown[]): void {
  if (value === undefined || known.includes(value)) return;
  throw new TypeError(
    `Cannot use the policy: the ${field} of ${label} is ${JSON.stringify(value)}. ` +
      `Use one of ${known.join(", ")}`,
  );
}

/**
 * The labels, each once and in the order of {@linkcode POLICY_LABELS}.
 *
 * @throws {TypeError} for an unknown label: ignoring it would protect nothing.
 */
export function toPolicyLabels(owner: string, labels: Iterable<unknown>): readonly PolicyLabel[] {
  const wanted = new Set(labels);
  for (const label of wanted) {
    if (POLICY_LABELS.includes(label as PolicyLabel)) continue;
    throw new TypeError(
      `Cannot label ${owner}: ${JSON.stringify(label)} is not a policy label. ` +
        `Use some of ${POLICY_LABELS.join(", ")}`,
    );
  }
  return Object.freeze(POLICY_LABELS.filter((label) => wanted.has(label)));
}
