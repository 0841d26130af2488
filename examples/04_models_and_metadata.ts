/** Who answers, and with which models. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const { name, version, platform, codexHome, label, runtime } = codex.server;
console.log(`${name} ${version} on ${platform}`);
console.log(`home    ${codexHome}`);
console.log(`model   ${label ?? "live"}`);
console.log(`runtime ${runtime?.source} ${runtime?.executable}`);

for (const model of await codex.models({ includeHidden: true })) {
  const efforts = model.supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort);
  console.log(`${model.isDefault ? "*" : " "} ${model.id.padEnd(22)} ${efforts.join(", ")}`);
}
