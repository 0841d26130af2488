/** Logging in by API key and in the browser, on a login service of our own when offline. */
import { OfflineLoginIssuer } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using offline = new AsyncDisposableStack();
const issuer = live ? null : offline.use(await OfflineLoginIssuer.start());
await using codex = await startCodex(
  issuer ? { offline: { env: issuer.env, config: issuer.config } } : {},
);

const before = await codex.account();
console.log("account before:", before);
// With a real account this program only looks: it logs nobody in or out.
if (issuer) {
  await codex.loginWithApiKey("sk-not-a-real-key");
  console.log("by key:", await codex.account());

  const login = await codex.loginWithChatGpt();
  console.log("open in the browser:", new URL(login.authUrl).pathname);
  await issuer.completeBrowserLogin(login.authUrl);
  const { success } = await login.wait();
  const account = await codex.account();
  console.log("in the browser:", account);
  check("the browser login succeeded", success && account?.type === "chatgpt");

  await codex.logout();
  check("logging out leaves no account", await codex.account() === null);
}
check("the account could be read", true);
