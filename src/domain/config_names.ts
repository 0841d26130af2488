/**
 * Names of the runtime's configuration, to tell a misspelled one.
 *
 * @module
 */
import { nearest } from "../options_check.ts";

/** Top-level names that runtime 0.169.0 takes under `--strict-config`. There may be more. */
export const CONFIG_NAMES: readonly string[] = [
  "agents",
  "allow_login_shell",
  "analytics",
  "approval_policy",
  "approvals_reviewer",
  "apps",
  "audio",
  "auto_review",
  "background_terminal_max_timeout",
  "browser_use",
  "chatgpt_base_url",
  "check_for_update_on_startup",
  "cli_auth_credentials_store",
  "compact_prompt",
  "computer_use",
  "default_permissions",
  "desktop",
  "developer_instructions",
  "disable_paste_burst",
  "experimental_compact_prompt_file",
  "experimental_realtime_start_instructions",
  "experimental_realtime_webrtc_call_base_url",
  "experimental_realtime_ws_backend_prompt",
  "experimental_realtime_ws_base_url",
  "experimental_realtime_ws_model",
  "experimental_realtime_ws_startup_context",
  "experimental_thread_store_endpoint",
  "experimental_use_unified_exec_tool",
  "features",
  "feedback",
  "file_opener",
  "forced_chatgpt_workspace_id",
  "forced_login_method",
  "ghost_snapshot",
  "goals",
  "hide_agent_reasoning",
  "history",
  "hooks",
  "include_apps_instructions",
  "include_collaboration_mode_instructions",
  "include_environment_context",
  "include_permissions_instructions",
  "instructions",
  "js_repl_node_module_dirs",
  "js_repl_node_path",
  "log_dir",
  "marketplaces",
  "mcp_oauth_callback_port",
  "mcp_oauth_callback_url",
  "mcp_oauth_credentials_store",
  "mcp_servers",
  "memories",
  "model",
  "model_auto_compact_token_limit",
  "model_auto_compact_token_limit_scope",
  "model_catalog_json",
  "model_context_window",
  "model_instructions_file",
  "model_provider",
  "model_providers",
  "model_reasoning_effort",
  "model_reasoning_summary",
  "model_verbosity",
  "notice",
  "notify",
  "openai_base_url",
  "orchestrator",
  "oss_provider",
  "otel",
  "permissions",
  "personality",
  "plan_mode_reasoning_effort",
  "plugins",
  "profile",
  "profiles",
  "project_doc_fallback_filenames",
  "project_doc_max_bytes",
  "project_root_markers",
  "projects",
  "realtime",
  "review_model",
  "sandbox_mode",
  "sandbox_workspace_write",
  "service_tier",
  "shell_environment_policy",
  "show_raw_agent_reasoning",
  "skills",
  "sqlite_home",
  "suppress_unstable_features_warning",
  "thread_unload_delay_secs",
  "tool_output_token_limit",
  "tool_suggest",
  "tools",
  "tui",
  "use_legacy_landlock",
  "web_search",
  "windows",
];

/**
 * Checks the first part of each key. The runtime only warns of an unknown one and goes on without it;
 * one that is not known here and not like a known one is left to the runtime.
 *
 * @throws {TypeError} for a name that is like a known one.
 */
export function checkConfigNames(config: Readonly<Record<string, unknown>> | undefined): void {
  for (const key of Object.keys(config ?? {})) {
    const [name = ""] = key.split(".");
    if (CONFIG_NAMES.includes(name)) continue;
    const meant = name.length > 3 ? nearest(name, CONFIG_NAMES) : null;
    if (meant === null || meant.length < 4) continue;
    throw new TypeError(
      `Cannot configure ${JSON.stringify(name)}: the runtime has no such setting. Use ${meant}`,
    );
  }
}
