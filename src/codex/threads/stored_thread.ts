/**
 * Settings that a stored thread was made with. They are in its file; no method of the protocol
 * returns it.
 *
 * @module
 */

/** The first line of a thread's file. */
export interface StoredThread {
  /** Names of the client tools that the model sees. */
  readonly toolNames: ReadonlySet<string>;
  /** Ids of the skills it was started with. */
  readonly skillIds: ReadonlySet<string>;
  /** Whether a text is in what the next turn sends to the model. */
  contains(text: string): boolean;
}

/**
 * Reads the file of a thread. `null` when this program may not read it without asking, when it is
 * on another machine, or when its format is unknown.
 */
export async function readStoredThread(path: string): Promise<StoredThread | null> {
  try {
    const { state } = await Deno.permissions.query({ name: "read", path });
    return state === "granted" ? toStoredThread(await Deno.readTextFile(path)) : null;
  } catch {
    return null;
  }
}

function toStoredThread(file: string): StoredThread | null {
  const { type, payload } = JSON.parse(file.slice(0, file.indexOf("\n"))) as FirstLine;
  if (type !== "session_meta" || !payload) return null;
  // Compaction replaces everything before it.
  const history = file.slice(Math.max(file.lastIndexOf('"type":"compacted"'), 0));
  return {
    toolNames: new Set(namesOf(payload.dynamic_tools)),
    skillIds: new Set((payload.selected_capability_roots ?? []).flatMap(({ id }) => id ?? [])),
    contains: (text) => history.includes(JSON.stringify(text).slice(1, -1)),
  };
}

interface FirstLine {
  readonly type?: string;
  readonly payload?: {
    readonly dynamic_tools?: readonly StoredTool[] | null;
    readonly selected_capability_roots?: readonly { readonly id?: string }[] | null;
  };
}

/** A tool, or a namespace of tools. */
interface StoredTool {
  readonly name?: string;
  readonly tools?: readonly StoredTool[];
}

function namesOf(tools: readonly StoredTool[] | null | undefined): string[] {
  return (tools ?? []).flatMap(({ name, tools }) => tools ? namesOf(tools) : name ?? []);
}
