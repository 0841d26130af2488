import { describe, expect, it } from "vitest";
import { InvalidRequestError } from "../../../mod.ts";
import { OFFLINE_MODEL, startOffline } from "../../../src/testing/mod.ts";

describe("the configuration", () => {
  it("is read, written and removed", async () => {
    await using codex = await startOffline();
    expect(await codex.readConfig()).toMatchObject({
      model: OFFLINE_MODEL,
      sandbox_mode: "read-only",
    });
    await codex.writeConfig("model_reasoning_effort", "low");
    expect((await codex.readConfig()).model_reasoning_effort).toBe("low");
    await codex.writeConfig("model_reasoning_effort", null);
    expect((await codex.readConfig()).model_reasoning_effort).toBe(null);
  });

  it("refuses a value that it does not allow", async () => {
    await using codex = await startOffline();
    const error = await codex.writeConfig("model", 5).catch((error) => error);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error.data).toEqual({ config_write_error_code: "configValidationError" });
  });
});
