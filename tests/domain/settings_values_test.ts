import { describe, expect, it } from "vitest";
import {
  type ApprovalMode,
  checkConfigNames,
  CONFIG_NAMES,
  EFFORTS,
  plainSettings,
  type SandboxSettings,
  toApprovalMode,
  toApprovalModeOf,
  toSandboxPolicy,
  toThreadParams,
  toTurnParams,
  toUpdateParams,
} from "../../src/domain/settings.ts";

type Mode = SandboxSettings["mode"];
const MODES: readonly Mode[] = ["read-only", "workspace-write", "full-access"];
const roots = ["/a", "C:\\b", "\\c"];

describe("the sandbox of a turn", () => {
  it.each<[unknown, unknown]>([
    [undefined, undefined],
    ["read-only", { type: "readOnly" }],
    ["workspace-write", { type: "workspaceWrite" }],
    ["full-access", { type: "dangerFullAccess" }],
    ["danger-full-access", { type: "dangerFullAccess" }],
    [{ mode: "read-only" }, { type: "readOnly" }],
    [{ mode: "read-only", network: true }, { type: "readOnly", networkAccess: true }],
    [{ mode: "read-only", network: false }, { type: "readOnly", networkAccess: false }],
    [{ mode: "read-only", writableRoots: [] }, { type: "readOnly", writableRoots: [] }],
    [{ mode: "workspace-write", network: true, writableRoots: roots }, {
      type: "workspaceWrite",
      networkAccess: true,
      writableRoots: roots,
    }],
    [{ mode: "full-access", network: true }, { type: "dangerFullAccess" }],
    [{ type: "readOnly", networkAccess: true }, { type: "readOnly", networkAccess: true }],
  ])("of %j is %j", (sandbox, policy) => {
    expect(toSandboxPolicy(sandbox as never)).toStrictEqual(policy);
  });

  it.each<[unknown, string]>([
    ["full", 'Cannot use sandbox "full": unknown value. Use one of read-only, workspace-write, '],
    [{ mode: "toString" }, 'Cannot use sandbox "toString": unknown value'],
    [{ mode: "read-only", webSearch: "live" }, "Cannot change webSearch here: it is fixed when"],
    [{ mode: "read-only", networks: true }, 'there is no option "networks". Use network'],
    [
      { mode: "read-only", writableRoots: ["/a"] },
      "Cannot use writableRoots in the sandbox read-only: only workspace-write has them",
    ],
    [
      { mode: "full-access", writableRoots: ["/a"] },
      "Cannot use writableRoots in the sandbox full-access",
    ],
    [
      { mode: "workspace-write", writableRoots: ["/a", "b", "/c"] },
      'Cannot use the writable root "b": it is relative. Pass an absolute path',
    ],
    [
      { mode: "full-access", network: false },
      "Cannot switch the network off in the sandbox full-access: that mode does not allow it",
    ],
  ])("is refused: %j", (sandbox, message) => {
    expect(() => toSandboxPolicy(sandbox as never)).toThrow(TypeError);
    expect(() => toSandboxPolicy(sandbox as never)).toThrow(message);
  });
});

describe("the sandbox of a thread", () => {
  it("has a network of its own in workspace-write alone", () => {
    const refused: [Mode, boolean][] = [["read-only", true], ["full-access", false]];
    for (const mode of MODES) {
      for (const network of [true, false]) {
        const settings = () => plainSettings({ sandbox: { mode, network } });
        if (refused.some(([other, on]) => other === mode && on === network)) {
          const state = network ? "on" : "off";
          expect(settings).toThrow(`Cannot switch the network ${state} in the sandbox ${mode}`);
        } else {
          const config = { "sandbox_workspace_write.network_access": network };
          expect(settings()).toEqual({ sandbox: mode, approvalMode: undefined, config });
        }
      }
    }
  });

  it("adds its details to the configuration, which it leaves as it is otherwise", () => {
    const config = { model_verbosity: "low" } as const;
    expect(plainSettings({ model: "m" })).toEqual({ model: "m" });
    expect(plainSettings({ config, sandbox: "read-only" }).config).toBe(config);
    expect(plainSettings({ sandbox: "read-only" }).config).toBe(undefined);
    expect(plainSettings({ sandbox: { mode: "danger-full-access" } })).toMatchObject({
      sandbox: "full-access",
      config: {},
    });
    const sandbox = { mode: "workspace-write", writableRoots: ["/a"], webSearch: "live" } as const;
    expect(plainSettings({ config, sandbox }).config).toEqual({
      ...config,
      "sandbox_workspace_write.writable_roots": ["/a"],
      web_search: "live",
    });
  });
});

describe("the approval mode", () => {
  const all: [ApprovalMode, "on-request" | "never" | "untrusted", "user" | "auto_review"][] = [
    ["auto-review", "on-request", "auto_review"],
    ["ask", "on-request", "user"],
    ["deny-all", "never", "user"],
    ["untrusted", "untrusted", "user"],
  ];

  it.each(all)("%s is %s by %s", (approvalMode, approvalPolicy, approvalsReviewer) => {
    const params = { approvalPolicy, approvalsReviewer };
    expect(toThreadParams({ approvalMode })).toEqual(params);
    expect(toUpdateParams({ approvalMode })).toEqual(params);
    expect(toTurnParams({ approvalMode })).toEqual(params);
    expect(toApprovalMode(approvalPolicy, approvalsReviewer)).toBe(approvalMode);
    expect(toApprovalModeOf(approvalMode)).toBe(approvalMode);
  });

  it("has two more names, and none where the combination has none", () => {
    expect([toApprovalModeOf("on-request"), toApprovalModeOf("never")]).toEqual(
      ["ask", "deny-all"],
    );
    expect(toUpdateParams({ approvalMode: "never" })).toMatchObject({ approvalPolicy: "never" });
    expect(plainSettings({ approvalMode: "on-request" }).approvalMode).toBe("ask");
    expect(toApprovalMode("never", "auto_review")).toBe("deny-all");
    expect(toApprovalMode("untrusted", "auto_review")).toBe(null);
    expect(toApprovalMode({ granular: {} }, "user")).toBe(null);
    expect(() => toApprovalModeOf("maybe" as never)).toThrow(
      'Cannot use approvalMode "maybe": unknown value. Use one of auto-review, ask, deny-all, ',
    );
  });
});

describe("the other settings", () => {
  const common = { model: "m", personality: "friendly", cwd: "/w", serviceTier: "fast" } as const;

  it("have their names in each request; what is absent is left out", () => {
    const reasoning = { effort: "low", summary: "concise" } as const;
    expect(toUpdateParams({ ...common, ...reasoning })).toStrictEqual({ ...common, ...reasoning });
    const form = { outputSchema: { type: "object" }, metadata: { a: "b" } };
    expect(toTurnParams({ ...common, ...reasoning, ...form })).toStrictEqual({
      ...common,
      ...reasoning,
      outputSchema: form.outputSchema,
      responsesapiClientMetadata: form.metadata,
    });
    const instructions = { baseInstructions: "b", developerInstructions: "d" };
    const thread = { ...common, ...instructions, modelProvider: "p" };
    expect(toThreadParams({ ...thread, ...reasoning })).toStrictEqual({
      ...thread,
      config: { model_reasoning_effort: "low", model_reasoning_summary: "concise" },
    });
    expect([toUpdateParams({}), toTurnParams({}), toThreadParams({})]).toStrictEqual([{}, {}, {}]);
  });

  it("win over the same name of the configuration", () => {
    const config = { model_reasoning_effort: "high", model_verbosity: "low" } as const;
    expect(toThreadParams({ effort: "low", config }).config).toEqual({
      model_verbosity: "low",
      model_reasoning_effort: "low",
    });
    expect(toThreadParams({ config: {} }).config).toEqual({});
  });

  it("know each effort, and refuse any other", () => {
    for (const effort of EFFORTS) expect(toUpdateParams({ effort }).effort).toBe(effort);
    for (const params of [toUpdateParams, toTurnParams, toThreadParams]) {
      expect(() => params({ effort: "hihg" })).toThrow(
        'Cannot use effort "hihg": unknown value. Use one of none, minimal, low, medium, high, ' +
          "xhigh, max, ultra, or set model_reasoning_effort in config for a model with others",
      );
    }
  });
});

describe("the names of the configuration", () => {
  it("are those that the runtime knows, and any that are like none of them", () => {
    for (const name of CONFIG_NAMES) expect(() => checkConfigNames({ [name]: 1 })).not.toThrow();
    for (const name of ["features.goals", "some_future_setting", "x", "tuis", "tut", "apps.x"]) {
      expect(() => checkConfigNames({ [name]: 1 }), name).not.toThrow();
    }
    expect(() => checkConfigNames(undefined)).not.toThrow();
  });

  it.each([
    ["modle", "model"],
    ["model_provder.x", "model_provider"],
    ["modelProvider", "model_provider"],
    ["featurs", "features"],
  ])("are meant: %s", (name, meant) => {
    const [first = ""] = name.split(".");
    const message = `Cannot configure ${
      JSON.stringify(first)
    }: the runtime has no such setting. Use ${meant}`;
    expect(() => checkConfigNames({ model: "m", [name]: 1 })).toThrow(message);
    expect(() => toThreadParams({ config: { [name]: 1 } })).toThrow(message);
  });
});
