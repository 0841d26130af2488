/**
 * A page in headless Chromium, driven over its debugging protocol.
 *
 * @module
 */

interface Reply {
  readonly id?: number;
  readonly result?: {
    readonly sessionId?: string;
    readonly targetId?: string;
    readonly result?: { readonly value?: unknown };
  };
}

/** One page. */
export class BrowserPage implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (reply: Reply) => void>();
  #nextId = 1;
  #session: string | undefined;

  private constructor(child: Deno.ChildProcess, directory: string, socket: WebSocket) {
    this.#child = child;
    this.#directory = directory;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const reply: Reply = JSON.parse(data);
      if (reply.id !== undefined) this.#pending.get(reply.id)?.(reply);
    };
  }

  /** Starts a browser and opens a page. */
  static async open(url: string): Promise<BrowserPage> {
    const directory = await Deno.makeTempDir();
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command("chromium", {
        args: [
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--remote-debugging-port=0",
          `--user-data-dir=${directory}`,
          "about:blank",
        ],
        stdout: "null",
        stderr: "piped",
      }).spawn();
    } catch (cause) {
      throw new Error('Cannot start chromium: install it with "apt-get install chromium"', {
        cause,
      });
    }
    const socket = new WebSocket(await addressOf(child));
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("Cannot connect to chromium"));
    });
    const page = new BrowserPage(child, directory, socket);
    const { result } = await page.#call("Target.createTarget", { url });
    const targetId = result?.targetId;
    const attached = await page.#call("Target.attachToTarget", { targetId, flatten: true });
    page.#session = attached.result?.sessionId;
    return page;
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const parameters = { expression, awaitPromise: true, returnByValue: true };
    return (await this.#call("Runtime.evaluate", parameters)).result?.result?.value;
  }

  /** Resolves when an expression is true in the page. Only a test's time limit ends the wait. */
  async until(expression: string): Promise<void> {
    while (await this.evaluate(`Boolean(${expression})`) !== true) {
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async #call(method: string, params: object): Promise<Reply> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#pending.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
    return await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session = undefined;
    const closed = new Promise<void>((resolve) => this.#socket.onclose = () => resolve());
    this.#socket.send(JSON.stringify({ id: 0, method: "Browser.close", params: {} }));
    await closed;
    await this.#child.status;
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** Where the browser listens, which it writes to stderr. */
async function addressOf(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`chromium ended: ${text}`);
    text += value;
    const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
    if (address === undefined) continue;
    void drain(reader);
    return address;
  }
}

async function drain(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await reader.read()).done);
}
