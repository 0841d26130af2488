/**
 * What a thread needs of a connector.
 *
 * @module
 */
import type { ClientTool } from "../codex/tools/tools.ts";

/** An MCP server of a connector. */
export interface McpServerSource {
  /** Name for its tools; it gets a suffix where another server has it. */
  readonly name: string;
  /** A process of this machine, or HTTP. */
  readonly transport: "stdio" | "http";
  /** The runtime's configuration of it, secrets included. */
  toConfig(): Readonly<Record<string, unknown>>;
}

/** A skill of a connector. */
export interface SkillDirectory {
  /** Name of the skill. */
  readonly name: string;
  /** Absolute path of the directory with its `SKILL.md`. */
  readonly path: string;
}

/** What a connector gives a thread. */
export interface ConnectorParts {
  /** Client tools. */
  readonly tools: readonly ClientTool[];
  /** MCP servers. */
  readonly mcpServers: readonly McpServerSource[];
  /** Skills. */
  readonly skills: readonly SkillDirectory[];
  /** Added to the developer instructions, or `null`. */
  readonly developerInstructions: string | null;
  /** What its tools do, in the words of a {@linkcode ConnectorPolicy}. */
  readonly policyLabels: readonly string[];
}

/** A connector as a thread sees it. `Connector` of the connectors' entry point is one. */
export interface ConnectorSource {
  /** Name of the connector. */
  readonly name: string;
  /** Its parts; asked once when a thread is opened. */
  components(): ConnectorParts;
}
