/**
 * Starts a server of a rig, prints its process id and dies at once.
 *
 * @module
 */
import { ServerRig } from "./server_rig.ts";

const rig = await ServerRig.create();
const { processId } = await rig.start({ listen: "ws://127.0.0.1:0" });
Deno.stdout.writeSync(new TextEncoder().encode(`${processId}`));
Deno.kill(Deno.pid, "SIGKILL");
