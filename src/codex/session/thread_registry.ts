/**
 * The threads that are open here, each with its record.
 *
 * @module
 */
import type { ThreadEnd } from "../../errors/mod.ts";
import type { ApprovalHandler, ApprovalHandlers } from "../../domain/approval.ts";
import type { ThreadSettings } from "../../domain/settings.ts";
import type {
  ApprovalsReviewer,
  AskForApproval,
  ReasoningEffort,
  SandboxPolicy,
  Thread as WireThread,
} from "../../protocol/mod.ts";
import type { PolicyEnforcer } from "../../connectors/policy/enforce.ts";
import type { ThreadTools } from "../tools/dispatcher.ts";

/** What the runtime answers when it opens a thread. */
export interface OpenedThread {
  readonly thread: WireThread;
  readonly model: string;
  readonly cwd: string;
  readonly modelProvider: string;
  readonly reasoningEffort?: ReasoningEffort | null;
  readonly instructionSources?: readonly string[];
  readonly approvalPolicy: AskForApproval;
  readonly approvalsReviewer: ApprovalsReviewer;
  readonly sandbox: SandboxPolicy;
}

/** The handle of a thread, as the session sees it. */
export interface ThreadHandle {
  readonly id: string;
  /** Takes the settings that a restarted runtime answered. */
  reopened(opened: OpenedThread): void;
}

/** Settings that the runtime does not store; they are sent again when it opens the thread again. */
export type Overrides = Pick<
  ThreadSettings,
  "config" | "baseInstructions" | "developerInstructions"
>;

/** What an opening brings along. */
export interface OpenThreadParts {
  /** Answers the questions of this thread; without one the session's handler does. */
  readonly onApproval?: ApprovalHandler | ApprovalHandlers;
  /** Enforces the policy of its connectors. */
  readonly policy?: PolicyEnforcer;
  readonly tools: ThreadTools;
  /** Sent again after a restart. */
  readonly overrides: Overrides;
}

/** One thread that the runtime has loaded for this client; all its open handles share it. */
interface LoadedThread {
  /** Why the handles cannot be used any more, or `null`. */
  end: ThreadEnd | null;
}

/** What is kept of one opening of a thread. Its handle holds it; it does not hold the handle. */
export class OpenThread implements OpenThreadParts {
  readonly onApproval: OpenThreadParts["onApproval"];
  readonly policy: PolicyEnforcer | undefined;
  readonly tools: ThreadTools;
  readonly overrides: Overrides;
  /** @ignore The registry's: the thread that it is an opening of. */
  loaded: Readonly<LoadedThread> = { end: null };
  #handle: WeakRef<ThreadHandle> | null = null;

  /** Made by an opening, before the runtime is asked. */
  constructor(parts: OpenThreadParts) {
    this.onApproval = parts.onApproval;
    this.policy = parts.policy;
    this.tools = parts.tools;
    this.overrides = parts.overrides;
  }

  /** The handle, unless the program dropped it. */
  get handle(): ThreadHandle | undefined {
    return this.#handle?.deref();
  }

  /** @ignore The registry's: the opening succeeded. */
  adopt(handle: ThreadHandle, loaded: LoadedThread): void {
    this.#handle = new WeakRef(handle);
    this.loaded = loaded;
  }

  /** @ignore The registry's: this handle was closed, and maybe not its thread. */
  close(): void {
    this.loaded = { end: { reason: "closed" } };
  }
}

interface Entry {
  readonly loaded: LoadedThread;
  readonly record: OpenThread;
}

/**
 * The open threads by id. A record is set and dropped as one; of several handles of one thread the
 * newest one's counts.
 */
export class ThreadRegistry {
  readonly #open = new Map<string, Entry>();
  /** Openings under way whose id is known: the runtime may ask before it answers. */
  #opening: { readonly threadId: string; readonly record: OpenThread }[] = [];
  readonly #unloading = new Map<string, Promise<void>>();
  readonly #dropped: FinalizationRegistry<{ threadId: string; record: OpenThread }>;
  readonly #onAbandoned: (threadId: string) => void;
  readonly #holders = new WeakMap<object, ThreadHandle>();

  /**
   * `onAbandoned` gets a thread whose handles were all dropped; it is closed already.
   */
  constructor(onAbandoned: (threadId: string) => void) {
    this.#onAbandoned = onAbandoned;
    this.#dropped = new FinalizationRegistry(({ threadId, record }) => {
      this.drop(threadId, record);
    });
  }

  /**
   * The record that counts for a thread: that of its newest handle, else of its opening under way.
   */
  get(threadId: string): OpenThread | undefined {
    return this.#open.get(threadId)?.record ??
      this.#opening.findLast((opening) => opening.threadId === threadId)?.record;
  }

  /** Whether a handle of the thread is open. */
  has(threadId: string): boolean {
    return this.#open.has(threadId);
  }

  /**
   * Lets a record answer for a thread that is being opened, unless an open handle does; until
   * disposed of.
   */
  announce(threadId: string, record: OpenThread): Disposable {
    const opening = { threadId, record };
    this.#opening.push(opening);
    return {
      [Symbol.dispose]: () => {
        this.#opening = this.#opening.filter((other) => other !== opening);
        const last = this.#open.get(threadId)?.record;
        if (last && !last.handle) this.drop(threadId, last);
      },
    };
  }

  /**
   * Closes the thread of a handle that the program dropped. An opening of the same thread that is
   * under way takes the thread over; when it fails, the thread is closed then.
   */
  drop(threadId: string, record: OpenThread): void {
    if (this.#opening.some((opening) => opening.threadId === threadId)) return;
    if (this.close(threadId, record)) this.#onAbandoned(threadId);
  }

  /** Notes a handle; from here on its record is the thread's. */
  add(handle: ThreadHandle, record: OpenThread): void {
    const loaded = this.#open.get(handle.id)?.loaded ?? { end: null };
    record.adopt(handle, loaded);
    this.#open.set(handle.id, { loaded, record });
    this.#dropped.register(handle, { threadId: handle.id, record });
  }

  /** Keeps a handle for as long as `holder` is held. */
  hold<T extends object>(holder: T, handle: ThreadHandle): T {
    this.#holders.set(holder, handle);
    return holder;
  }

  /**
   * Closes one handle; whether it was the thread's newest one, so that the thread is closed with
   * it.
   */
  close(threadId: string, record: OpenThread): boolean {
    record.close();
    if (this.#open.get(threadId)?.record !== record) return false;
    this.end(threadId, { reason: "closed" });
    return true;
  }

  /** Drops a thread; none of its handles can be used any more. */
  end(threadId: string, end: ThreadEnd): void {
    const entry = this.#open.get(threadId);
    if (!entry) return;
    this.#open.delete(threadId);
    entry.loaded.end = end;
  }

  /** Threads whose newest handle is still held. */
  *[Symbol.iterator](): Iterator<{ threadId: string; record: OpenThread; handle: ThreadHandle }> {
    for (const [threadId, { record }] of this.#open) {
      const { handle } = record;
      if (handle) yield { threadId, record, handle };
    }
  }

  /** Notes that a closed thread leaves the runtime's memory; it cannot be opened again before. */
  unload(threadId: string, unloading: Promise<void>): Promise<void> {
    const done = unloading.finally(() => {
      if (this.#unloading.get(threadId) === noted) this.#unloading.delete(threadId);
    });
    const noted = done.catch(() => {});
    this.#unloading.set(threadId, noted);
    return done;
  }

  /** Resolves when a thread that was closed has left the runtime's memory. */
  async unloaded(threadId: string): Promise<void> {
    await this.#unloading.get(threadId);
  }
}
