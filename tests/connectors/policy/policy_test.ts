import { describe, expect, it } from "vitest";
import { POLICY_LABELS, type PolicyLabel } from "../../../src/connectors/mod.ts";
import { type ConnectorPolicy, ResolvedPolicy } from "../../../src/connectors/policy/policy.ts";

describe("the policy by default", () => {
  it("knows every label", () => {
    const rules = Object.fromEntries(POLICY_LABELS.map((label) => [label, "deny"]));
    expect(() => new ResolvedPolicy(rules as ConnectorPolicy)).not.toThrow();
  });

  it.each<[PolicyLabel, string]>([
    ["read_only", "allow"],
    ["write", "allow"],
    ["destructive", "ask"],
    ["external_send", "ask"],
    ["network", "allow"],
    ["secret_access", "ask"],
    ["local_execution", "allow"],
    ["sandbox_required", "allow"],
  ])("says of %s: %s", (label, action) => {
    expect(new ResolvedPolicy().verdict([label]).action).toBe(action);
  });

  it("asks for a label that is not defined", () => {
    expect(new ResolvedPolicy().verdict(["quantum"])).toEqual({
      action: "ask",
      because: ["quantum"],
    });
  });

  it("keeps full access from what requires a sandbox", () => {
    expect(new ResolvedPolicy().sandbox(["sandbox_required"])).toEqual({
      value: "workspace-write",
      label: "sandbox_required",
    });
  });
});

describe("a policy", () => {
  it("lets the strictest word win and names the labels behind it", () => {
    const book = new ResolvedPolicy({ write: "deny", network: "deny", read_only: "allow" });
    expect(book.verdict(["read_only", "destructive"])).toEqual({
      action: "ask",
      because: ["destructive"],
    });
    expect(book.verdict(["destructive", "write", "network"])).toEqual({
      action: "deny",
      because: ["write", "network"],
    });
    expect(book.verdict([])).toEqual({ action: "allow", because: [] });
  });

  it("lets the strictest sandbox win, and a no to the network", () => {
    const book = new ResolvedPolicy({
      write: { sandbox: "workspace-write", network: true },
      secret_access: { action: "ask", sandbox: "read-only", network: false },
    });
    expect(book.sandbox(["write", "secret_access"])?.value).toBe("read-only");
    expect(book.network(["write", "secret_access"])).toEqual({
      value: false,
      label: "secret_access",
    });
    expect(book.network(["write"])?.value).toBe(true);
    expect(book.sandbox(["network"])).toBeNull();
  });

  it("replaces a default by a word, and only the fields it names by a rule", () => {
    const book = new ResolvedPolicy({ sandbox_required: "allow", destructive: { network: false } });
    expect(book.sandbox(["sandbox_required"])).toBeNull();
    expect(book.verdict(["destructive"]).action).toBe("ask");
    expect(book.network(["destructive"])?.value).toBe(false);
  });

  it.each([
    [{ harmless: "allow" }, /no option "harmless"/],
    [{ __proto__: null, toString: "allow" }, /no option "toString"/],
    [{ write: "maybe" }, /action of write is "maybe"/],
    [{ write: { action: "maybe" } }, /action of write is "maybe"/],
    [{ write: { sandbox: "none" } }, /sandbox of write is "none"/],
    [{ write: { network: "yes" } }, /network of write is "yes"/],
  ])("refuses %j", (policy, message) => {
    const make = () => new ResolvedPolicy(policy as unknown as ConnectorPolicy);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
