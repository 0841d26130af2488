/** Logging in with a code that is typed on any device, and what the account may use. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
if (!await codex.account()) {
  // Other ways: loginWithChatGpt() in the browser, loginWithApiKey(key),
  // or Codex.start({ apiKey }).
  const login = await codex.loginWithDeviceCode();
  console.log(`Open ${login.verificationUrl} and type ${login.userCode}`);
  const { success, error } = await login.wait();
  console.log(success ? "You are logged in." : `It did not work: ${error}`);
}
const account = await codex.account();
console.log(account);

if (account?.type === "chatgpt") {
  for (const { name, usedPercent, resetsAt } of (await codex.rateLimits()).windows) {
    console.log(`${name} limit: ${usedPercent} % used, resets ${resetsAt?.toISOString()}`);
  }
}
