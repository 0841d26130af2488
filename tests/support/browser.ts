/**
 * Headless Chromium of the system, driven over its DevTools protocol.
 *
 * @module
 */
import { until } from "./until.ts";

/** Size of a page, in CSS pixels. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A running Chromium. */
export class Browser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #drained: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #lastId = 0;

  private constructor(
    process: Deno.ChildProcess,
    socket: WebSocket,
    profile: string,
    drained: Promise<void>,
  ) {
    this.#process = process;
    this.#drained = drained;
    this.#socket = socket;
    this.#profile = profile;
    socket.onmessage = ({ data }) => this.#settle(JSON.parse(data) as Answer);
  }

  /** Starts `chromium`. */
  static async start(): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "chromium-" });
    const process = new Deno.Command("chromium", {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const { address, drained } = readStderr(process.stderr);
    const socket = new WebSocket(await address);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Browser(process, socket, profile, drained);
  }

  /** Opens a page and waits until it is loaded. */
  async open(url: string, size: PageSize, scheme: "light" | "dark" = "light"): Promise<Page> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, String(sessionId), String(targetId));
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await page.send("Emulation.setEmulatedMedia", { features });
    await page.resize(size);
    await page.send("Page.navigate", { url });
    await page.until("document.readyState === 'complete' && location.href !== 'about:blank'");
    return page;
  }

  /** @ignore Calls a method of the protocol. */
  async send(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return await answer.promise;
  }

  #settle({ id, result = {}, error }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#process.kill("SIGKILL");
    await Promise.all([this.#process.status, this.#drained]);
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {});
  }
}

export class Page implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #sessionId: string;
  readonly #targetId: string;

  /** Made by {@linkcode Browser.open}. */
  constructor(browser: Browser, sessionId: string, targetId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
    this.#targetId = targetId;
  }

  /** Calls a method of the protocol. */
  send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.#browser.send(method, params, this.#sessionId);
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value?: unknown }).value;
  }

  /** Waits until an expression is true. Only the limit of its test ends the wait. */
  async until(expression: string): Promise<void> {
    await until(async () => await this.evaluate(expression) === true, 250);
  }

  /** Changes the size of the window. */
  async resize({ width, height }: PageSize): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** A picture of the whole page, or of the box of an element, as PNG. */
  async screenshot(selector?: string): Promise<Uint8Array> {
    const box = selector === undefined
      ? "document.documentElement"
      : `document.querySelector(${JSON.stringify(selector)})`;
    const clip = await this.evaluate(
      `(({ left, top, width, height }) => ({ x: left + scrollX, y: top + scrollY, width, height, scale: 1 }))(${box}.getBoundingClientRect())`,
    );
    const { data } = await this.send("Page.captureScreenshot", {
      captureBeyondViewport: true,
      clip,
    });
    return Uint8Array.fromBase64(String(data));
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.send("Target.closeTarget", { targetId: this.#targetId });
  }
}

/** Where it listens, and when the last of its processes has closed stderr. */
function readStderr(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
): { readonly address: Promise<string>; readonly drained: Promise<void> } {
  let text = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const drained = (async () => {
    for await (const chunk of stderr.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const [address] = /ws:\/\/\S+/.exec(text) ?? [];
      if (address) resolve(address);
    }
    reject(new Error(`Chromium did not start: ${text}`));
  })();
  return { address: promise, drained };
}
