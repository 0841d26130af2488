import { Buffer } from "node:buffer";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  image,
  type InputItem,
  InvalidParamsError,
  localImage,
  mention,
  skill,
  text,
  type TurnInput,
} from "../../mod.ts";
import { settlesWithin } from "../../src/async.ts";
import { decodeBase64 } from "../../src/deps.ts";
import { inputParts, MAX_IMAGE_BYTES, toUserInputs } from "../../src/codex/inputs.ts";
import { Gate, message, startOffline } from "../../src/testing/mod.ts";

/** A PNG of one pixel. */
const PNG = decodeBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
);

describe("inputParts", () => {
  it("takes strings wherever a part may stand", () => {
    expect(inputParts("a")).toEqual([text("a")]);
    expect(inputParts(text("a"))).toEqual([text("a")]);
    expect(inputParts(["a", mention("n", "p")])).toEqual([text("a"), mention("n", "p")]);
  });

  it.each<[string, unknown]>([
    ["nothing", []],
    ["an empty text", ""],
    ["only empty texts", ["", text("")]],
    ["null", null],
    ["an unknown type", { type: "video" }],
    ["a text that is no string", { type: "text", text: 1 }],
    ["a detail for which the runtime would drop the picture", {
      type: "image",
      source: "data:,",
      detail: "low",
    }],
    ["a skill without a path", { type: "skill", name: "n" }],
  ])("refuses %s", (_, input) => {
    expect(() => inputParts(input as TurnInput)).toThrow(TypeError);
  });
});

describe("the bytes of a picture", () => {
  it("stay as they are when they are those of a Node Buffer", async () => {
    const bytes = Buffer.from(PNG);
    for (const _ of [1, 2]) {
      const [input] = await toUserInputs([image(bytes)], { cwd: "/" });
      expect(input).toMatchObject({ url: `data:image/png;base64,${PNG.toBase64()}` });
    }
    expect(bytes.buffer.detached).toBe(false);
  });
});

describe("a picture in a file", () => {
  it.each([0, -1, NaN, "5", null])("is refused with a time limit of %s", (timeoutMs) => {
    const part = { type: "image", source: "data:,", timeoutMs };
    expect(() => inputParts([text("look"), part as never])).toThrow(RangeError);
    expect(() => inputParts([text("look"), part as never])).toThrow(
      "timeoutMs of input part 1 is not above 0. Pass milliseconds",
    );
    expect(() => inputParts([{ ...part, timeoutMs: 0.5 } as never])).not.toThrow();
  });

  it("goes as an absolute path, with its detail", async () => {
    const path = await Deno.makeTempFile({ suffix: ".png" });
    onTestFinished(() => Deno.remove(path));
    const [cwd, name] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1) ?? ""];
    expect(await toUserInputs([localImage(name, { detail: "high" }), localImage(path)], { cwd }))
      .toEqual([{ type: "localImage", path, detail: "high" }, { type: "localImage", path }]);
  });
});

describe("a text input", () => {
  it("reaches the model as it is, surrogates made whole", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run('tab\t quote" \u{1F600} \ud800 end');
    expect(codex.model.requests[0]?.lastUserText).toBe('tab\t quote" \u{1F600} \ufffd end');
  });

  it("that is empty or too large gets a typed error, and the connection lives on", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await expect(thread.run("")).rejects.toBeInstanceOf(TypeError);
    const error = await thread.run("x".repeat(2_000_000)).catch((error) => error);
    expect(error).toBeInstanceOf(InvalidParamsError);
    expect(error.data).toMatchObject({ input_error_code: "input_too_large" });
    expect(error.message).not.toContain("xxx");
    expect(codex.model.requests).toEqual([]);
    expect((await thread.run("short")).status).toBe("completed");
  });
});

describe("a local image", () => {
  it("reaches the model as a PNG data URL, by absolute, relative and file URL path", async () => {
    await using codex = await startOffline({ files: { "pictures/dot.png": PNG } });
    const thread = await codex.startThread();
    const absolute = `${codex.home.workspace}/pictures/dot.png`;
    await thread.run([
      "look",
      localImage(absolute),
      localImage("pictures/dot.png"),
      localImage(new URL(`file://${absolute}`)),
    ]);
    const images = codex.model.requests[0]?.inputImages() ?? [];
    expect(images.length).toBe(3);
    for (const url of images) expect(url).toMatch(/^data:image\/png;base64,/);
  });

  it("that does not exist fails before any request", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await expect(thread.run(["look", localImage("missing.png")])).rejects.toThrow(
      "it does not exist. Check the path",
    );
    await expect(thread.run(localImage("."))).rejects.toThrow("it is not a file");
    expect(codex.model.requests).toEqual([]);
    expect((await thread.run("still fine")).status).toBe("completed");
  });
});

describe("a remote image", () => {
  it("is fetched here and goes inline, with its detail", async () => {
    await using codex = await startOffline();
    await using pictures = serve(() => new Response(PNG));
    const thread = await codex.startThread();
    await thread.run(["look", image(`${pictures.url}dot.png`, { detail: "auto" })]);
    const [request] = codex.model.requests;
    expect(request?.inputImages()).toEqual([expect.stringMatching(/^data:image\/png;base64,/)]);
    expect(JSON.stringify(request?.body)).toContain('"detail":"auto"');
  });

  it("may be a data URL, bytes or a blob", async () => {
    const bytes = await toUserInputs(
      [image(PNG), image(new Blob([PNG])), image(`data:text/plain;base64,${PNG.toBase64()}`)],
      { cwd: "/" },
    );
    const [inline, blob, data] = bytes.map((part) => "url" in part ? part.url : "");
    expect(inline).toMatch(/^data:image\/png;base64,iVBOR/);
    expect(blob).toBe(inline);
    expect(data).toBe(inline);
  });

  it("in a data URL is held to the same size and types as any other", async () => {
    const run = (url: string) => toUserInputs([image(url)], { cwd: "/" });
    await expect(run("data:image/png;base64,AAAA")).rejects.toThrow("it is not a PNG");
    await expect(run("data:text/html,<script>")).rejects.toThrow("it is not a PNG");
    await expect(run("data:image/png;base64,?")).rejects.toThrow("malformed");
    const large = new Uint8Array(MAX_IMAGE_BYTES + 1);
    large.set(PNG);
    await expect(run(`data:image/png;base64,${large.toBase64()}`)).rejects.toThrow("larger than");
    await expect(run(`DATA:image/png,${"a".repeat(3 * MAX_IMAGE_BYTES + 2000)}`)).rejects
      .toThrow(RangeError);
  });

  it("is not fetched from an address that a redirect names and the caller does not", async () => {
    let asked = 0;
    await using inside = serve(() => (asked++, new Response(PNG)));
    const target = inside.url.replace("127.0.0.1", "localhost");
    await using pictures = serve(() => Response.redirect(target));
    const redirected = toUserInputs([image(pictures.url)], { cwd: "/" });
    await expect(redirected).rejects.toThrow("it redirects to an address of this machine");
    expect(asked).toBe(0);
    await toUserInputs([image(inside.url)], { cwd: "/" });
    expect(asked).toBe(1);
  });

  it("that cannot be had fails before any request, and the query stays out of the error", async () => {
    await using codex = await startOffline();
    await using pictures = serve((request) =>
      request.url.includes("text") ? new Response("no picture") : new Response("", { status: 404 })
    );
    const thread = await codex.startThread();
    const error = await thread.run(image(`${pictures.url}gone.png?key=secret`)).catch((e) => e);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("HTTP 404");
    expect(error.message).not.toContain("secret");
    await expect(thread.run(image(`${pictures.url}text`))).rejects.toThrow("it is not a PNG");
    await expect(thread.run(image("ftp://host/x"))).rejects.toThrow("neither http(s): nor data:");
    expect(codex.model.requests).toEqual([]);
  });

  it("larger than the limit is refused", async () => {
    const large = new Uint8Array(MAX_IMAGE_BYTES + 1);
    large.set(PNG);
    await expect(toUserInputs([image(large)], { cwd: "/" })).rejects.toBeInstanceOf(RangeError);
  });

  it("that has no end is read up to the limit and no further", async () => {
    const cancelled = Promise.withResolvers<void>();
    let sent = 0;
    await using pictures = serve(() =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            sent += 1_000_000;
            controller.enqueue(new Uint8Array(1_000_000));
          },
          cancel: () => cancelled.resolve(),
        }),
      )
    );
    await expect(toUserInputs([image(pictures.url)], { cwd: "/" })).rejects.toThrow(
      `larger than ${MAX_IMAGE_BYTES} bytes`,
    );
    await cancelled.promise;
    // Beyond the limit, only the content of the connection's buffers.
    expect(sent).toBeLessThan(2 * MAX_IMAGE_BYTES);
  });

  it("is no longer fetched when the call is aborted", async () => {
    await using codex = await startOffline();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    await using pictures = serve(() => {
      asked.resolve();
      return answer.promise;
    });
    const thread = await codex.startThread();
    const abort = new AbortController();
    const run = thread.run(image(pictures.url), { signal: abort.signal });
    await asked.promise;
    abort.abort(new Error("not needed"));
    await expect(run).rejects.toThrow("not needed");
    answer.resolve(new Response(PNG));
    expect((await thread.run("still fine")).status).toBe("completed");
  });
});

describe("the time limit of a remote image", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each<[string, { timeoutMs?: number }, number]>([
    ["is 30 s", {}, 30_000],
    ["is what the part says", { timeoutMs: 400 }, 400],
  ])("%s; after it the request is cancelled", async (_, options, limitMs) => {
    const asked = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    await using pictures = serve(({ signal }) => {
      signal.addEventListener("abort", () => cancelled.resolve());
      asked.resolve();
      return answer.promise;
    });
    using _late = { [Symbol.dispose]: () => answer.resolve(new Response(PNG)) };
    let outcome: unknown;
    const fetching = toUserInputs([image(`${pictures.url}slow.png?key=secret`, options)], {
      cwd: "/",
    }).catch((error) => outcome = error);
    await asked.promise;
    await vi.advanceTimersByTimeAsync(limitMs - 1);
    expect(outcome).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(await settlesWithin(fetching, 5000)).toBe(true);
    expect(outcome).toBeInstanceOf(TypeError);
    expect(String(outcome)).toContain(
      `Cannot fetch the image ${pictures.url}slow.png: it did not come within ${limitMs} ms`,
    );
    expect(String(outcome)).not.toContain("secret");
    await cancelled.promise;
  });

  it("also ends a body that stops coming", async () => {
    const half = Promise.withResolvers<void>();
    await using pictures = serve(() => {
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          controller.enqueue(PNG.slice(0, 10));
          half.resolve();
          return new Promise<void>(() => {});
        },
      });
      return new Response(body);
    });
    const fetching = toUserInputs([image(pictures.url)], { cwd: "/" });
    fetching.catch(() => {});
    await half.promise;
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    expect(await settlesWithin(fetching, 5000)).toBe(true);
    await expect(fetching).rejects.toThrow("did not come within 30000 ms");
  });
});

const SKILL = "---\nname: greet\ndescription: How to greet\n---\nSay SALUTE first.\n";

describe("a skill", () => {
  it("injects exactly one block with its name, path and body", async () => {
    const path = ".agents/skills/greet/SKILL.md";
    await using codex = await startOffline({ files: { [path]: SKILL } });
    const absolute = `${codex.home.workspace}/${path}`;
    const thread = await codex.startThread();
    await thread.run(["greet me", skill("greet", absolute)]);
    const texts = codex.model.requests[0]?.userTexts() ?? [];
    const blocks = texts.filter((text) => text.includes("<skill>"));
    expect(blocks.length).toBe(1);
    expect(blocks[0]?.match(/<skill>/g)?.length).toBe(1);
    expect(blocks[0]).toContain("<name>greet</name>");
    expect(blocks[0]).toContain(`<path>${absolute}</path>`);
    expect(blocks[0]).toContain("Say SALUTE first.");
    expect(texts).toContain("greet me");
  });
});

describe("a mixed list", () => {
  it("keeps its order", async () => {
    await using codex = await startOffline({ files: { "dot.png": PNG } });
    const thread = await codex.startThread();
    await thread.run([
      "one",
      image(PNG),
      text("two"),
      localImage("dot.png"),
      mention("file", "dot.png"),
      "three",
    ]);
    const content = codex.model.requests[0]?.input.at(-1)?.content as Record<string, string>[];
    const order = content.map((part) => part.type === "input_image" ? "image" : part.text)
      .filter((part) => !part?.includes("<image") && part !== "</image>");
    expect(order).toEqual(["one", "image", "two", "image", "three"]);
  });

  it("is not changed", async () => {
    await using codex = await startOffline();
    const input: readonly (InputItem | string)[] = Object.freeze([
      Object.freeze(text("frozen")),
      "text",
    ]);
    const thread = await codex.startThread();
    expect((await thread.run(input)).status).toBe("completed");
  });
});

describe("a steer", () => {
  it("takes every kind of input", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half", gate]), "done");
    const thread = await codex.startThread();
    const turn = await thread.startTurn("begin");
    await gate.reached();
    await turn.steer(["and this", image(PNG)]);
    await turn.result();
    expect(codex.model.requests[1]?.inputImages().length).toBe(1);
    expect(codex.model.requests[1]?.lastUserText).toBe("and this");
    gate.open();
  });
});

function serve(handler: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

describe("a local image that cannot be used", () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each<[string, Error]>([
    ["it does not exist", new Deno.errors.NotFound("x")],
    ["reading it needs --allow-read", new Deno.errors.NotCapable("x")],
    ["it cannot be read", new Deno.errors.PermissionDenied("x")],
  ])("is named with the reason: %s", async (reason, cause) => {
    vi.spyOn(Deno, "stat").mockRejectedValue(cause);
    const error = await toUserInputs([localImage("a.png")], { cwd: "/w" }).then(
      () => null,
      (error) => error,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(`Cannot use the image /w/a.png: ${reason}. Check the path`);
    expect(error.cause).toBe(cause);
  });

  it("is refused when it is a directory", async () => {
    const path = await Deno.makeTempDir();
    const inputs = toUserInputs([localImage(path)], { cwd: "/" });
    await expect(inputs).rejects.toThrow(
      `Cannot use the image ${path}: it is not a file. Pass the path of a picture`,
    );
    await Deno.remove(path);
  });
});
