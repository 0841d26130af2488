import { describe, expect, it } from "vitest";
import { catchUp } from "../../../src/codex/session/reconnect.ts";

describe("catchUp()", () => {
  it("takes the stored turns in their order, and the questions of those that have ended back", async () => {
    const statuses = ["inProgress", "interrupted", "failed", "completed"];
    const stored = statuses.map((status) => ({ id: status, status }));
    const taken: string[] = [];
    const withdrawn: [string, string][] = [];
    const client = {
      call: () => Promise.resolve({ data: stored }),
      router: {
        route: () => ({
          catchUp: (turns: readonly { id: string }[]) => taken.push(...turns.map(({ id }) => id)),
        }),
      },
      withdrawQuestions: (threadId: string, turnId: string) => withdrawn.push([threadId, turnId]),
    };
    await catchUp(client as never, "t");
    expect(taken).toEqual(statuses.toReversed());
    expect(withdrawn).toEqual([["t", "completed"], ["t", "failed"], ["t", "interrupted"]]);
  });
});
