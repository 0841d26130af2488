/**
 * One browser login at a time.
 *
 * @module
 */

/**
 * Waits until no other test, of any process, may start a browser login.
 *
 * The runtime waits for the browser on one fixed port; a login that finds it taken cancels the
 * other one, of any process. The lock is gone with its process, however it ends.
 */
export async function holdBrowserLogin(): Promise<AsyncDisposable> {
  const directory = Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
  const file = await Deno.open(`${directory}/codex-tests-browser-login.lock`, {
    create: true,
    write: true,
  });
  try {
    await file.lock(true);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    async [Symbol.asyncDispose]() {
      await file.unlock();
      file.close();
    },
  };
}
