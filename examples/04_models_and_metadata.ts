/** Who answers, and with which models. */
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex();
const { name, version, platform, codexHome, label, runtime } = codex.server;
console.log(`${name} ${version} on ${platform}`);
console.log(`home    ${codexHome}`);
console.log(`model   ${label ?? "live"}`);
console.log(`runtime ${runtime?.source} ${runtime?.executable}`);

const models = await codex.models({ includeHidden: true });
for (const model of models) {
  const efforts = model.supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort);
  console.log(`${model.isDefault ? "*" : " "} ${model.id.padEnd(22)} ${efforts.join(", ")}`);
}

check("there is a default model", models.some(({ isDefault }) => isDefault));
check("nobody pretends", live ? label === null : label === "offline model");
